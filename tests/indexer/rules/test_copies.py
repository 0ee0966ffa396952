"""Copies that editors and synchronisers leave beside a file are not found in its place."""

from __future__ import annotations

import pytest

from indexer.rules.builtin import skipped_file


@pytest.mark.parametrize(
    "name",
    [
        "#garden.md#", "garden.md~", "garden.md.orig", "garden.md.bak", "garden.md.part", "~$garden.docx",
        "garden.sync-conflict-20260301-101112-ABCDEFG.md", "garden (Anna's conflicted copy 2026-03-01).md",
        "garden (Case Conflict).md", "garden (in Konflikt stehende Kopie von Anna 2026-03-01).md",
    ],
)  # fmt: skip
def test_copies_are_left_out(name: str) -> None:
    assert skipped_file(name)


@pytest.mark.parametrize(
    "name",
    [
        "garden.md",
        "nginx.conf",
        "conference.md",
        "my (conflict) notes.md",
        "# heading.md",
        "Conflict of interest (2026).pdf",
    ],
)
def test_names_that_only_look_like_copies_are_read(name: str) -> None:
    assert skipped_file(name) is None
