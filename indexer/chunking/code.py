"""Code: its definitions as sections, its lines as the pieces they are cut into."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.chunking.pieces import BLOCK, LINE, SENTENCE, Piece, tiles
from indexer.chunking.sections import Section
from searcher.records import Block, Document, Mark

_LINE = re.compile(
    r"(?:\r\n|\n|\r)(?P<blank>(?:[^\S\r\n]*(?:\r\n|\n|\r))*)"
    r"(?P<indent>[ \t]*)(?P<end>[})\]]|end\b|fi\b|done\b)?"
)


def sections(document: Document, path: str) -> list[Section]:
    """The document's blocks, found now where its reader has not; one section where there are none."""
    blocks = document.blocks
    if blocks is None:
        from indexer.chunking.syntax import outline

        blocks = outline(document, path)
    return [_section(block) for block in blocks] or [Section(0, len(document.text), Mark(0))]


def _section(block: Block) -> Section:
    mark = Mark(block.start, symbol=block.symbol, symbol_kind=block.kind)
    return Section(block.start, block.end, mark, block.lead, block.closing, block.signature, block.parent)


def pieces(text: str, start: int, end: int, first: float) -> Iterator[Piece]:
    """Lines, the better to cut before the further out their statement stands."""
    return tiles(start, end, _cuts(text, start, end), first)


def _cuts(text: str, start: int, end: int) -> Iterator[tuple[int, float]]:
    for match in _LINE.finditer(text, start, end):
        offset = match.start("indent")
        depth = len(match["indent"].expandtabs(4)) // 2
        level = (BLOCK if match["blank"] else LINE) - min(depth, 40) * 0.02
        yield offset, SENTENCE - 0.5 if match["end"] else level
