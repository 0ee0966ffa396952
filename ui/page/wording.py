"""Places in documents, in the page's language."""

from __future__ import annotations

from indexer.formats.recognised import REGION
from ui.page.memory import Quotation
from ui.page.state import Place, parse_anchor
from ui.page.strings import Words


def place(where: Place, anchor: str | None, words: Words) -> str:
    """ "page 3", "lines 10–24", "slide 2", or nothing. An anchor is what the reader of the file calls it."""
    if where.page:
        return words("page", page=where.page)
    if where.lines:
        return lines(*where.lines, words)
    return named(anchor, words)


def named(anchor: str | None, words: Words) -> str:
    """An anchor without the place in a picture, which the picture shows."""
    return words.place(REGION.sub("", anchor or ""))


def lines(first: int, last: int, words: Words) -> str:
    return words("line", line=first) if first == last else words("lines", first=first, last=last)


def quoted(item: Quotation, words: Words) -> str:
    """Where a passage of the brief stands."""
    return place(parse_anchor(item.at), item.where, words)
