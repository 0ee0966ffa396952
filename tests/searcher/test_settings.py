"""Settings come from four places, the later winning, and a wrong one is named with its place."""

from __future__ import annotations

import pytest

from searcher.errors import SettingsError
from searcher.home import Home
from searcher.settings import Settings


@pytest.fixture
def bare(tmp_path) -> Home:
    return Home(tmp_path).create()


def test_later_sources_win(bare: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    bare.settings.write_text('limit = 3\nport = 9001\nmode = "words"\n')
    monkeypatch.setenv("SEARCHER_PORT", "9002")
    monkeypatch.setenv("SEARCHER_MODE", "meaning")
    settings = Settings.load(bare, mode="hybrid", dim=None)
    assert (settings.limit, settings.port, settings.mode, settings.dim) == (3, 9002, "hybrid", 0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("limt = 3", "limt"),
        ('limit = "many"', "limit"),
        ("hidden = 7", "hidden"),
        ("instructions = 3", "instructions"),
        ("limit = ", "settings.toml"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_it(bare: Home, text: str, named: str) -> None:
    bare.settings.write_text(text)
    with pytest.raises(SettingsError, match=named) as caught:
        Settings.load(bare)
    assert str(bare.settings) in str(caught.value)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("off", False), ("Yes", True), ("false", False)])
def test_switches_in_the_environment(bare: Home, monkeypatch, text: str, value: bool) -> None:
    monkeypatch.setenv("SEARCHER_HIDDEN", text)
    assert Settings.load(bare).hidden is value


def test_unrelated_environment_is_ignored(bare: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHER_HOME", str(bare.root))
    monkeypatch.setenv("SEARCHER_SOMETHING_ELSE", "1")
    assert Settings.load(bare) == Settings()
