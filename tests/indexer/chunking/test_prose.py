"""Where prose is cut, as tables of what goes in and what comes out."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from indexer.chunking import chunk
from indexer.formats import extract
from searcher.records import Chunk

TABLE_HEAD = "| fruit | price | origin |\n|---|---|---|\n"
ROWS = "".join(f"| apple {n} | {n} euro | farm {n} |\n" for n in range(60))
ITEMS = "".join(f"- thing number {n} that nobody may forget\n" for n in range(50))
NESTED = "".join(f"{n}. Do step {n}.\n   More about it.\n   - part a\n   - part b\n" for n in range(1, 30))


def count(texts: Sequence[str]) -> list[int]:
    return [len(re.findall(r"\w+|[^\w\s]", text)) + 4 for text in texts]


def chunks(tmp_path: Path, text: str, target: int = 80, limit: int = 120) -> list[Chunk]:
    path = tmp_path / "note.md"
    path.write_text(text)
    return chunk(extract(path), path=str(path), count=count, target=target, limit=limit)


def test_a_long_table_is_cut_between_rows_and_each_part_has_its_head(tmp_path: Path) -> None:
    found = chunks(tmp_path, f"# Prices\n\nOf this year.\n\n{TABLE_HEAD}{ROWS}")
    assert len(found) > 3
    assert TABLE_HEAD in found[0].text and found[0].context == ""
    for part in found[1:]:
        assert part.context == "| fruit | price | origin |"
        assert part.text.startswith("| apple") and part.text.endswith("|\n")


def test_a_table_that_fits_stays_whole(tmp_path: Path) -> None:
    small = TABLE_HEAD + "".join(ROWS.splitlines(keepends=True)[:4])
    text = f"# One\n\n{'Some words before it. ' * 14}\n\n{small}\n{'And some after it. ' * 14}\n"
    assert any(small in part.text for part in chunks(tmp_path, text))


@pytest.mark.parametrize(
    ("items", "item"), [(ITEMS, r"- thing"), (NESTED, r"\d+\. Do")], ids=["flat", "nested"]
)
def test_a_long_list_is_cut_between_items_and_each_part_says_what_it_lists(
    tmp_path: Path, items: str, item: str
) -> None:
    found = chunks(tmp_path, f"# Trip\n\nWhat to pack and do:\n\n{items}")
    assert len(found) > 3 and "What to pack and do:\n\n" in found[0].text
    for part in found[1:]:
        assert re.match(item, part.text), part.text
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


@pytest.mark.parametrize("seed", range(4))
def test_an_edit_moves_only_the_cuts_near_it(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    words = ["harbour", "boat", "evening", "lamp", "winter", "letter", "garden", "bread", "stone", "river"]

    def sentence() -> str:
        return f"{dice.choice(words).capitalize()} {' '.join(dice.choices(words, k=dice.randrange(4, 14)))}."

    paragraphs = [" ".join(sentence() for _ in range(dice.randrange(1, 6))) for _ in range(120)]
    before = chunks(tmp_path, "\n\n".join(paragraphs))
    paragraphs[60] = "A new paragraph about a lighthouse, which nobody wrote before. " * dice.randrange(1, 4)
    after = chunks(tmp_path, "\n\n".join(paragraphs))
    kept = {(part.context, part.text) for part in before} & {(part.context, part.text) for part in after}
    assert len(before) > 30
    assert len(after) - len(kept) <= 6
