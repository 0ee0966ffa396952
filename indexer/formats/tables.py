"""Rows of cells as lines of text, with the header row and the range of cells in the address."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from indexer.formats.writing import Writer, one_line

_BLOCK_CHARACTERS = 1_000  # one address for about as much as a passage holds
_BLOCK_ROWS = 40
_GAP = 5  # empty rows that part two blocks
_CELL_CHARACTERS = 5_000


def cell_text(value: object) -> str:
    """A cell's value as a person would read it, on one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime):
        return str(value.date()) if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    return " ".join(str(value).split())[:_CELL_CHARACTERS]


def line(cells: Sequence[str]) -> str:
    """`Name | Town | Year`; empty cells at the end are dropped, ones in between are kept."""
    last = max((i for i, cell in enumerate(cells, 1) if cell), default=0)
    return " | ".join(cells[:last])


def is_header(cells: Sequence[str]) -> bool:
    """Two names or more, no numbers, no prose."""
    filled = [cell for cell in cells if cell]
    return len(filled) >= 2 and all(len(cell) < 80 and any(c.isalpha() for c in cell) for cell in filled)


def write_table(
    writer: Writer, rows: Iterable[Sequence[str]], *, heading: tuple[str, ...], anchor: str | None = None
) -> bool:
    """A table within a document. The address after it is again what it was before."""
    header: str | None = None
    writer.mark(heading=heading, anchor=anchor)
    for number, cells in enumerate(rows):
        if number == 1 and header:
            writer.mark(heading=heading, table_header=header, anchor=anchor)
        text = line(cells)
        if not text:
            continue
        if number == 0 and is_header(cells):
            header = one_line(text)
        if not writer.write(text + "\n"):
            return False
    writer.write("\n")
    writer.mark(heading=heading, anchor=anchor)
    return True


def write_sheet(writer: Writer, name: str, rows: Iterable[tuple[int, Sequence[str]]]) -> bool:
    """A spreadsheet's sheet: (1-based row number, cells). Addresses read `Budget!A2:F40`."""
    header: str | None = None
    block: list[tuple[int, str, int]] = []  # row number, text, cells
    size = 0
    started = False

    def flush() -> bool:
        nonlocal size
        if not block:
            return True
        widest = column(max(cells for _, _, cells in block))
        anchor = f"{name}!A{block[0][0]}:{widest}{block[-1][0]}"
        writer.mark(heading=(name,), anchor=anchor, table_header=header)
        going_on = writer.write("".join(text + "\n" for _, text, _ in block))
        block.clear()
        size = 0
        return going_on

    for number, cells in rows:
        text = line(cells)
        if not text:
            continue
        if block and number - block[-1][0] > _GAP and not flush():
            return False
        block.append((number, text, len(cells)))
        size += len(text)
        if not started:
            started = True
            if is_header(cells):
                if not flush():
                    return False
                header = one_line(text, limit=2000)
        if (size >= _BLOCK_CHARACTERS or len(block) >= _BLOCK_ROWS) and not flush():
            return False
    return flush() and writer.write("\n")


def column(number: int) -> str:
    """`A` for 1, `AA` for 27."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters or "A"
