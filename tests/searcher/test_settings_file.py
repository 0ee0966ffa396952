"""Settings changed by a program: what a person wrote around them stays, and nothing wrong is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcher.errors import SettingsError
from searcher.home import Home
from searcher.settings import Settings
from searcher.settings_file import change

OLD = """# mine
limit = 5  # few
editor = "vim"

[instructions]
code = "Find it"
"""


@pytest.fixture
def place(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def test_the_first_change_makes_the_file(place: Home) -> None:
    change(place, editor="zed", hub=False, rerank_seconds=1.5)
    settings = Settings.load(place)
    assert (settings.editor, settings.hub, settings.rerank_seconds) == ("zed", False, 1.5)
    assert place.settings.stat().st_mode & 0o777 == 0o600


def test_comments_and_other_settings_stay(place: Home) -> None:
    place.settings.write_text(OLD)
    change(place, editor="zed", mode="words")
    settings = Settings.load(place)
    assert (settings.editor, settings.mode, settings.limit) == ("zed", "words", 5)
    assert settings.instructions == {"code": "Find it"}
    assert "# mine" in place.settings.read_text() and "# few" in place.settings.read_text()


def test_a_table_is_replaced_and_a_default_comes_back(place: Home) -> None:
    place.settings.write_text(OLD)
    change(place, instructions={"question": 'say "yes"\n'}, limit=None)
    settings = Settings.load(place)
    assert settings.instructions == {"question": 'say "yes"\n'}
    assert settings.limit == 10


@pytest.mark.parametrize("values", [{"limit": "many"}, {"nonsense": 1}])
def test_nothing_wrong_is_written(place: Home, values: dict) -> None:
    place.settings.write_text(OLD)
    with pytest.raises(SettingsError):
        change(place, **values)
    assert place.settings.read_text() == OLD


def test_a_broken_file_is_not_made_worse(place: Home) -> None:
    place.settings.write_text("limit = ")
    with pytest.raises(SettingsError, match="correct or remove"):
        change(place, editor="zed")
    assert place.settings.read_text() == "limit = "


@pytest.mark.parametrize("text", ["", "a\\b", 'quote"', "new\nline", "tab\t", "\x7f", "ä 茶 😀"])
def test_any_text_comes_back(place: Home, text: str) -> None:
    change(place, model=text)
    assert Settings.load(place).model == text
