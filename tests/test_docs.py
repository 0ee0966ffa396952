"""What the docs say of the code is so."""

from __future__ import annotations

import re
from difflib import unified_diff
from pathlib import Path

import pytest

from docs.make import made, rooms

ROOT = Path(__file__).parent.parent
PATH = re.compile(r"`((?:searcher|indexer|ui|tests|docs|\.ci)/[\w./-]+|\.pre-commit-config\.yaml)`")


def test_what_is_made_from_the_code_is_as_the_code_is() -> None:
    stale = {
        path.name: list(unified_diff(path.read_text("utf-8").splitlines(), text.splitlines(), lineterm=""))
        for path, text in made().items()
        if path.read_text("utf-8") != text
    }
    assert stale == {}, "run .venv/bin/python docs/make.py"


def test_the_drawing_has_every_room() -> None:
    assert {"indexer.formats", "searcher.store", "ui.page"} <= rooms().keys()
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    assert all(f"{room.replace('.', '_')}[" in text for room in rooms())


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md", "docs/contributing.md"])
def test_files_that_are_named_exist(name: str) -> None:
    named = set(PATH.findall((ROOT / name).read_text("utf-8")))
    assert named, "no file is named in it"
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text("utf-8"))
    assert "docs/architecture.md" in links
    assert [link for link in links if not (ROOT / link).exists()] == []
