"""Settings come from four places, the later winning, and a wrong one is named with its place."""

from __future__ import annotations

import tomllib
from dataclasses import fields

import pytest

from searcher.errors import SettingsError
from searcher.home import Home
from searcher.settings import Settings, default, options
from searcher.settings_file import change, reset_wrong


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('mode = "meaning and words"', "'meaning and words'; it must be hybrid, meaning or words"),
        ('task = "found out"', "auto, documents, code, question or similar"),
        ('language = "Deutsch"', "en, de or es"),
        ('editor = "emacs"', "system, vscode, cursor, zed, jetbrains or vim"),
        ('priority = "high"', "lowest or normal"),
        ('weights = "int2"', "file or bf16"),
        ('gpu_layers = "-3"', "auto or a whole number"),
        ("limit = 0", "a whole number from 1 to 500"),
        ("limit = 3.5", "a whole number from 1 to 500"),
        ("limit = true", "a whole number from 1 to 500"),
        ("port = 70000", "a whole number from 1 to 65535"),
        ("rerank_seconds = nan", "a number from 0 on"),
        ("max_file_mb = -1", "a number from 0 on"),
        ("hub = 7", "true or false"),
    ],
)
def test_a_value_outside_the_allowed_ones(
    bare: Home, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    """In the file, in the environment, as a flag, and written: refused with what it can be."""
    bare.settings.write_text(text)
    name, value = next(iter(tomllib.loads(text).items()))
    with pytest.raises(SettingsError, match=rf"{name} in .*{said}.*searcher settings reset {name}"):
        Settings.load(bare)
    change(bare, **{name: None})
    assert Settings.load(bare) == Settings()
    with pytest.raises(SettingsError, match=said):
        change(bare, **{name: value})
    with pytest.raises(SettingsError, match=f"command line.*{said}"):
        Settings.load(bare, **{name: value})
    monkeypatch.setenv(f"SEARCHER_{name.upper()}", "9.5" if value is True else str(value))
    with pytest.raises(SettingsError, match=f"environment.*{said}"):
        Settings.load(bare)


@pytest.mark.parametrize("name", [about.name for about in fields(Settings)])
def test_every_option_and_every_default_is_allowed(bare: Home, name: str) -> None:
    for value in [default(name), *options(name)]:
        change(bare, **{name: value})
        assert getattr(Settings.load(bare), name) == value


def test_what_is_said_of_a_choice_names_its_options() -> None:
    for about in fields(Settings):
        assert all(option in about.metadata["help"] for option in options(about.name))


def test_a_choice_that_there_is_not_in_python() -> None:
    with pytest.raises(SettingsError, match="hybrid, meaning or words"):
        Settings(mode="meaning and words")


def test_what_cannot_be_used_is_taken_out(bare: Home) -> None:
    bare.settings.write_text(
        '# mine\nmode = "meaning and words"\nlimit = 7 # few\nlanguage = "Deutsch"\nlimt = 3\n'
    )
    assert reset_wrong(bare) == ["mode", "language", "limt"]
    assert bare.settings.read_text() == "# mine\nlimit = 7 # few\n"
    assert reset_wrong(bare) == []


@pytest.mark.parametrize(("text", "value"), [("1", True), ("off", False), ("Yes", True), ("false", False)])
def test_switches_in_the_environment(bare: Home, monkeypatch, text: str, value: bool) -> None:
    monkeypatch.setenv("SEARCHER_HIDDEN", text)
    assert Settings.load(bare).hidden is value


def test_unrelated_environment_is_ignored(bare: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHER_HOME", str(bare.root))
    monkeypatch.setenv("SEARCHER_SOMETHING_ELSE", "1")
    assert Settings.load(bare) == Settings()
