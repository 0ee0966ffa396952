"""Every language says everything: the page's own words, and the reasons of files that the indexer gives."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from indexer.formats import refused
from searcher import errors
from searcher.away import unreachable
from searcher.settings import options
from searcher.text import identifier
from tests.searcher.test_away import SAID
from ui.doctor import Check
from ui.page.settings.health import row
from ui.page.strings import LANGUAGES, Words

ROOT = Path(__file__).parents[3]
OTHERS = [language for language in LANGUAGES if language != "en"]
# errors that a page can show; what only a command can meet is said in English
ERRORS = {name for name in vars(errors) if name[0].isupper()} - {"IndexLocked"}
SHOWN = ("searcher", "indexer/running", "indexer/catalogue.py", "indexer/care/rebuild.py", "ui/viewing.py")
FOR_COMMANDS = ("evaluation.py", "privacy.py", "runtime.py")
COMMANDS = ("searcher ", "chmod ", "pip ", "sudo ", "7, then searcher ")
DAMAGE = ("damage", "_catalogue_trouble")
GIVING = {"ExtractionFailed", "UnreadableKind", "TookTooLong", "Skipped", "FolderError", "_stop"}


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_the_setting_offers_what_there_is_and_each_names_itself() -> None:
    assert options("language") == ("en", *sorted(OTHERS)) and {"de", "es"} <= set(OTHERS)
    assert [Words("de").option("language", code) for code in ("en", "de", "es")] == [
        "English",
        "Deutsch",
        "Español",
    ]


@pytest.mark.parametrize("language", OTHERS)
def test_every_string_is_there_with_the_same_fields(language: str) -> None:
    english, table = LANGUAGES["en"], LANGUAGES[language]
    assert table.keys() == english.keys()
    assert {k: set(fields(v)) for k, v in table.items()} == {k: set(fields(v)) for k, v in english.items()}
    words = Words(language)
    told = [code for code in identifier.opened(None).labels if len(code) == 2]
    assert len(told) > 90 and [code for code in told if words.language_name(code) == code] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_reason_that_the_code_can_give_is_said_in_it(language: str) -> None:
    table = import_module(f"ui.page.strings.{language}").REASONS
    assert {text: text.count("{}") for text in table} == {
        text: said.count("{}") for text, said in table.items()
    }
    words = Words(language)
    given = {*_given(), *_raised(), *(refused.why(f"x.{ending}") or "" for ending in ("pst", "pages", "rar"))}
    assert len(given) > 150
    assert [text for text in sorted(given - {"7: 7"}) if words.reason(text) == text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_why_a_store_is_away_is_said_in_it(language: str) -> None:
    words = Words(language)
    for text in SAID:
        whole = str(unreachable(Exception(text), "s3://bucket/prefix"))
        why, remedy = whole.partition("reachable: ")[2].split("; ", 1)
        assert [part for part in (why, remedy) if words.reason(part) == part] == []
        assert words.reason(whole).endswith(f"{words.reason(why)}; {words.reason(remedy)}")


@pytest.mark.parametrize("language", OTHERS)
def test_every_place_that_a_reader_of_files_names_is_said_in_it(language: str) -> None:
    words = Words(language)
    named = {part for text in _places() for part in text.split(", ") if re.search("[a-z]", part)}
    assert len(named) > 12
    assert [text for text in sorted(named) if words.place(text) == text] == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_finding_of_the_doctor_is_said_in_it(language: str) -> None:
    words = Words(language)
    told = {text for text in _found() if text.count(" ") > 2 and not text.startswith(COMMANDS)}
    assert len(told) > 30
    assert [text for text in sorted(told) if words.reason(text) == text] == []
    assert "idle" not in row(Check("lock", True, "the indexer runs as pid 7 (idle)"), words)
    gone = row(Check("folders", False, "/x is not there; its passages are kept", "run `searcher <b>`"), words)
    assert "its passages" not in gone and "<code>searcher &lt;b&gt;</code>" in gone and "folders" not in gone
    wrong = row(Check("model", False, "x is no reranker", "choose one of y"), words)
    assert "choose" not in wrong and "is no reranker" not in wrong


def test_a_reason_may_hold_another_one() -> None:
    german = Words("de").reason
    assert (
        german("attachment plan.pdf: encrypted with a password")
        == "Anhang plan.pdf: mit einem Passwort verschlüsselt"
    )
    assert german("message 2, attachment plan.pdf: the file is empty") == (
        "Nachricht 2, Anhang plan.pdf: die Datei ist leer"
    )
    assert german("no text layer (scanned?): pages 3-5, 9") == "ohne Textebene (gescannt?): Seiten 3-5, 9"
    assert german("its pages are empty; sheet A: of 2 cells only the first 9 characters were read") == (
        "die Seiten sind leer; Blatt A: von 2 Zellen wurden nur die ersten 9 Zeichen gelesen"
    )
    assert german("lang:xx leaves 0 of 9 documents; lang: may be de, en") == (
        "lang:xx lässt 0 von 9 Dokumenten übrig; lang: möglich sind de, en"
    )
    assert german("what nobody has words for: 7") == "what nobody has words for: 7"
    assert Words("en").reason("the file is empty") == "the file is empty"


def _given() -> Iterator[str]:
    """What the indexer's code says where it gives up a file, with 7 for whatever is named."""
    places = [ROOT / "indexer" / room for room in ("formats", "extraction", "rules", "changes")]
    for file in (file for place in places for file in place.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _gives(node.func):
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                yield from (text for value in values for text in _texts(value) if " " in text)


def _places() -> Iterator[str]:
    """Anchors as the readers of files write them, with 7 for whatever is named."""
    for file in (ROOT / "indexer" / "formats").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg in ("anchor", "within"):
                yield from _texts(node.value)
            if isinstance(node, ast.Assign) and "anchor" in ast.unparse(node.targets[0]):
                yield from _texts(node.value)


def _raised() -> Iterator[str]:
    """What an error says that a page can show, with 7 for whatever is named."""
    places = [ROOT / place for place in SHOWN]
    files = [file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            called = getattr(node, "func", None)
            if file.name not in FOR_COMMANDS and getattr(called, "id", "") in ERRORS:
                yield from (text for value in node.args for text in _texts(value) if " " in text)  # type: ignore[attr-defined]


def _found() -> Iterator[str]:
    """What the doctor says of the library, with 7 for whatever is named."""
    files = [ROOT / "ui" / "doctor" / f"{name}.py" for name in ("machine", "space", "model", "index")]
    for file in (*files, ROOT / "indexer" / "care" / "repair.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef) or (
                file.name == "repair.py" and node.name not in DAMAGE
            ):
                continue
            inner = {
                part for text in ast.walk(node) if isinstance(text, ast.JoinedStr) for part in text.values
            }
            said = [part for part in ast.walk(node) if part not in inner and part is not _docstring(node)]
            yield from (
                text.strip(";: ") for part in said for text in _texts(part) if " " in text.strip(";: ")
            )


def _docstring(node: ast.FunctionDef) -> ast.expr | None:
    first = node.body[0]
    return first.value if isinstance(first, ast.Expr) else None


def _gives(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute) and called.attr in ("append", "extend"):
        return isinstance(called.value, ast.Attribute) and called.value.attr == "notes"
    return getattr(called, "id", getattr(called, "attr", "")) in GIVING


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "7" for part in value.values)
        yield "".join(map(str, parts))
    elif isinstance(value, ast.BoolOp | ast.Tuple):
        yield from (
            text
            for part in (value.values if isinstance(value, ast.BoolOp) else value.elts)
            for text in _texts(part)
        )
