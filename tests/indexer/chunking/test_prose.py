"""Where prose is cut: headings first, then paragraphs, items and sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from indexer.chunking import chunk
from indexer.formats import extract
from searcher.records import Chunk

NESTED = "".join(f"{n}. Do step {n}.\n   More about it.\n   - part a\n   - part b\n" for n in range(1, 30))


def count(texts: Sequence[str]) -> list[int]:
    return [len(re.findall(r"\w+|[^\w\s]", text)) + 4 for text in texts]


def chunks(tmp_path: Path, text: str, target: int = 80, limit: int = 120) -> list[Chunk]:
    path = tmp_path / "note.md"
    path.write_text(text)
    return chunk(extract(path), path=str(path), count=count, target=target, limit=limit)


def test_what_is_nested_in_a_list_stays_with_its_item(tmp_path: Path) -> None:
    found = chunks(tmp_path, f"# Trip\n\nWhat to pack and do:\n\n{NESTED}")
    assert len(found) > 3 and "What to pack and do:\n\n" in found[0].text
    for part in found[1:]:
        assert re.match(r"\d+\. Do", part.text), part.text
        assert part.context == "What to pack and do:"


def test_headings_first_then_paragraphs_then_sentences(tmp_path: Path) -> None:
    sentence = "The harbour master counts the boats every single evening. "
    paragraph = sentence * 4 + "\n\n"
    for part in chunks(tmp_path, f"# North\n\n{paragraph}# South\n\n{paragraph}"):
        assert part.text.count("# ") == 1
    by_paragraph = chunks(tmp_path, f"# North\n\n{paragraph * 6}")
    assert all(part.text.endswith("\n\n") or part is by_paragraph[-1] for part in by_paragraph)
    for part in chunks(tmp_path, f"# North\n\n{sentence * 40}"):
        assert part.text.rstrip().endswith("evening.")


def test_only_a_sentence_that_is_cut_overlaps(tmp_path: Path) -> None:
    whole = chunks(tmp_path, "The boats come home before night falls here. " * 40)
    assert all(before.char_end == after.char_start for before, after in pairwise(whole))
    endless = chunks(tmp_path, "and then " * 300)
    assert any(before.char_end > after.char_start for before, after in pairwise(endless))
