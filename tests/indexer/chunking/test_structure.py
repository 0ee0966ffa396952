"""Tables, lists and containers: what stays together, what repeats its head, what an edit moves."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.chunking import chunk
from indexer.formats import extract
from searcher.records import Chunk, Document, Mark


def count(texts: Sequence[str]) -> list[int]:
    return [3 + len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]


def chunked(text: str, *marks: Mark, kind: str = "md", target: int = 100) -> list[Chunk]:
    document = Document(text, kind, marks=marks)
    return chunk(document, path=f"/x/a.{kind}", count=count, target=target, limit=2 * target)


PROSE = "The boat left the harbour early and nobody saw it go. " * 7
HEAD = "| name | town |"


def table(rows: int) -> str:
    return f"{HEAD}\n|---|---|\n" + "".join(f"| person{n} | town{n} |\n" for n in range(rows))


def bullets(items: int) -> str:
    return "What to take along:\n\n" + "".join(f"- thing {n} of the long list\n" for n in range(items))


@pytest.mark.parametrize("block", [table(8), bullets(8)], ids=["table", "list"])
def test_what_fits_is_kept_whole(block: str) -> None:
    chunks = chunked(f"{PROSE}\n\n{block}\n{PROSE}\n")
    assert len(chunks) > 1
    assert [block.strip() in c.text for c in chunks].count(True) == 1


@pytest.mark.parametrize(
    ("block", "line", "head"),
    [
        (table(80), r"\| person\d+ \| town\d+ \|", HEAD),
        (table(80).replace("\n", "\r\n"), r"\| person\d+ \| town\d+ \|\r", HEAD),
        (bullets(60), r"- thing \d+ of the long list", "What to take along:"),
        (bullets(60).replace("- ", "1. "), r"1\. thing \d+ of the long list", "What to take along:"),
    ],
    ids=["table", "table with CRLF", "list", "numbered list"],
)
def test_what_is_split_is_cut_between_lines_and_repeats_its_head(block: str, line: str, head: str) -> None:
    chunks = chunked(block)
    assert len(chunks) > 2
    for c in chunks:
        assert head in c.text or c.context == head
    for c in chunks[1:]:
        assert all(re.fullmatch(line, row) for row in c.text.strip("\n").split("\n") if row.strip())


@pytest.mark.parametrize("change", ["insert", "delete", "replace"])
def test_an_edit_of_one_paragraph_moves_only_the_cuts_near_it(change: str) -> None:
    dice = random.Random(7)
    paragraphs = [
        " ".join(f"word{dice.randrange(999)}" for _ in range(dice.randrange(8, 40))) + "." for _ in range(300)
    ]
    edited = list(paragraphs)
    if change == "delete":
        del edited[150]
    else:
        edited[150 : 151 - (change == "insert")] = ["Something quite new stands here now. " * 4]
    before = [c.text.strip() for c in chunked("\n\n".join(paragraphs))]
    after = [c.text.strip() for c in chunked("\n\n".join(edited))]
    assert len(before) > 50
    assert before[0] == after[0] and before[-1] == after[-1]
    assert len(set(after) - set(before)) <= 5


@pytest.mark.parametrize(
    ("kind", "anchors", "wanted"),
    [
        ("eml", (None, "attachment a.txt", "attachment b, c.txt"), 3),
        ("mbox", ("message 1", "message 1, attachment a.txt", "message 2"), 3),
        ("zip", ("a.txt", "b/c.txt", "d.srt, 00:00:01"), 3),
        ("pptx", ("slide 1", "slide 1, notes", "slide 2"), 2),
        ("zip", ("a.srt, 00:00:01", "a.srt, 00:00:04", "b.srt, 00:00:01"), 2),
    ],
)
def test_small_attachments_mails_members_and_slides_keep_their_own_anchor(
    kind: str, anchors: tuple[str | None, ...], wanted: int
) -> None:
    parts = [f"short text {n}\n\n" for n in range(len(anchors))]
    marks = [Mark(sum(map(len, parts[:n])), anchor=anchor) for n, anchor in enumerate(anchors)]
    chunks = chunked("".join(parts), *marks, kind=kind)
    assert len(chunks) == wanted
    for c in chunks:
        assert c.anchor in anchors and c.text.startswith(parts[anchors.index(c.anchor)])


@pytest.mark.parametrize("words", [6, 20, 45], ids=["small records", "half a passage", "nearly a passage"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_record_with_lines_in_its_cells_is_never_cut(tmp_path: Path, words: int, newline: str) -> None:
    dice = random.Random(words)
    tale = [" ".join(dice.choices(["tide", "rope", "gull", "sand"], k=words)) for _ in range(60)]
    rows = [
        f'p{n};"{words}{newline}second, {newline}{newline}the ""third"" line"' for n, words in enumerate(tale)
    ]
    path = tmp_path / "log.csv"
    path.write_bytes(newline.join(["name;story", *rows, ""]).encode())
    document = extract(path)
    chunks = chunk(document, path=str(path), count=count, target=100, limit=200)
    assert "".join(c.text for c in chunks) == document.text and len(chunks) > 3
    assert all(re.match(r"name;|p\d+;", c.text) for c in chunks)
    assert all("name;story" in (c.context or c.text) for c in chunks)


def test_a_quote_that_is_never_closed_hides_no_line_end(tmp_path: Path) -> None:
    path = tmp_path / "stray.csv"
    path.write_text("size,what\n" + '"5 inch,pipe\n' * 300)
    chunks = chunk(extract(path), path=str(path), count=count, target=100, limit=200)
    assert len(chunks) > 10 and all(c.text.endswith("\n") for c in chunks)
