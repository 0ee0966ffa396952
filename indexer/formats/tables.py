"""Rows of cells as lines of text, with the header row and the range of cells in the address."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from indexer.formats.writing import Writer, one_line

_BLOCK_CHARACTERS = 1_000  # one address for about as much as a passage holds
_BLOCK_ROWS = 40
_GAP = 5  # empty rows that part two blocks
_NEW_TABLE = 2  # empty rows after which a table with a header of its own may begin
_CELL_CHARACTERS = 20_000
_LOOKED_AT = 12  # rows at the top among which the header is looked for
_HEADER_SHARE = 0.6  # of the usual number of cells that a header fills


@dataclass(slots=True)
class Cuts:
    """What of a workbook is left out, to be said."""

    _cells: int = 0
    _wide: dict[str, int] = field(default_factory=dict)

    def text(self, value: object) -> str:
        """A cell's text, shortened where it is a document of its own."""
        text = " ".join(str(value).split())
        if len(text) > _CELL_CHARACTERS:
            self._cells += 1
            text = text[:_CELL_CHARACTERS]
        return text

    def columns(self, sheet: str, most: int) -> None:
        self._wide[sheet] = most

    def notes(self) -> list[str]:
        notes = [
            f"sheet {sheet}: only the first {most:,} columns were read" for sheet, most in self._wide.items()
        ]
        if self._cells:
            cells = "a cell" if self._cells == 1 else f"{self._cells:,} cells"
            notes.append(f"of {cells} only the first {_CELL_CHARACTERS:,} characters were read")
        return notes


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
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return " | ".join(cells[:last])


def is_header(cells: Sequence[str]) -> bool:
    """Two names or more, no numbers, no prose."""
    filled = [cell for cell in cells if cell]
    return len(filled) >= 2 and all(len(cell) < 80 and any(c.isalpha() for c in cell) for cell in filled)


def header_among(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns: the first that fills most of them and reads like names."""
    counts = [sum(1 for cell in row if cell) for row in rows]
    widths = sorted(counts)
    if not widths:
        return None
    wide = widths[-2] if len(widths) > 2 else widths[-1]  # of a table between single cells and pairs
    for usual in dict.fromkeys((widths[len(widths) // 2] if len(widths) > 2 else wide, wide)):
        for number, (row, filled) in enumerate(zip(rows, counts, strict=True)):
            is_pair = filled == 2 < usual and all(row[:2])  # a name and what it is, above the table
            if filled >= max(2, usual * _HEADER_SHARE) and not is_pair:
                if is_header(row):
                    return number
                break
    return None


def write_table(
    writer: Writer, rows: Iterable[Sequence[str]], *, heading: tuple[str, ...], anchor: str | None = None
) -> bool:
    """A table within a document. The address after it is again what it was before."""
    every = [row for row in rows if any(row)]
    at = header_among(every[:_LOOKED_AT])
    header = one_line(line(every[at])) if at is not None and at + 1 < len(every) else None
    writer.mark(heading=heading, anchor=anchor)
    for number, cells in enumerate(every):
        if header and at is not None and number == at + 1:
            writer.mark(heading=heading, table_header=header, anchor=anchor)
        if not writer.write(line(cells) + "\n"):
            return False
    writer.write("\n")
    writer.mark(heading=heading, anchor=anchor)
    return True


def write_sheet(writer: Writer, name: str, rows: Iterable[tuple[int, Sequence[str]]]) -> bool:
    """A spreadsheet's sheet: (1-based row number, cells). Addresses read `Budget!A2:F40`."""
    for table in _tables(rows):
        first = [next(table)]
        for row in table:
            first.append(row)
            if len(first) == _LOOKED_AT:
                break
        at = header_among([cells for _, cells in first])
        head = first[: at + 1] if at is not None else []
        header = one_line(line(head[-1][1]), limit=2000) if head and len(first) > len(head) else None
        if header:
            if not _write_rows(writer, name, head, None):
                return False
            first = first[len(head) :]
        if not _write_rows(writer, name, _both(first, table), header):
            return False
    return writer.write("\n")


def _both(
    first: list[tuple[int, Sequence[str]]], rest: Iterator[tuple[int, Sequence[str]]]
) -> Iterator[tuple[int, Sequence[str]]]:
    yield from first
    yield from rest


def _tables(rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Iterator[tuple[int, Sequence[str]]]]:
    """The rows with text, table by table: one that reads like a header after empty rows begins a new one.
    Each table's rows must be taken before the next table."""
    source = ((number, cells) for number, cells in rows if any(cells))
    pending = next(source, None)

    def table() -> Iterator[tuple[int, Sequence[str]]]:
        nonlocal pending
        before: int | None = None
        while pending is not None:
            number, cells = pending
            if before is not None and number - before > _NEW_TABLE and is_header(cells):
                return
            before = number
            yield pending
            pending = next(source, None)

    while pending is not None:
        yield table()


def _write_rows(
    writer: Writer, name: str, rows: Iterable[tuple[int, Sequence[str]]], header: str | None
) -> bool:
    block: list[tuple[int, str, int]] = []  # row number, text, cells
    size = 0

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
        if block and number - block[-1][0] > _GAP and not flush():
            return False
        block.append((number, text, len(cells)))
        size += len(text)
        if (size >= _BLOCK_CHARACTERS or len(block) >= _BLOCK_ROWS) and not flush():
            return False
    return flush()


def column(number: int) -> str:
    """`A` for 1, `AA` for 27."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters or "A"
