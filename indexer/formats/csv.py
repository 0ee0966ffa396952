"""CSV and TSV: the file's own text; the record that names the columns heads every row."""

from __future__ import annotations

import re

from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from indexer.records import record_ends
from searcher.records import Document, Mark

_ABOVE = 8  # lines above the header
_VALUE = re.compile(r"""["']?\s*[-+]?[\d.,:/ %€$£-]+\s*["']?""")


def read(source: Source) -> Document:
    text, notes = own_text(source)
    begin = 0
    for number, end in enumerate(record_ends(text, 0, len(text))):
        first = text[begin:end].rstrip("\r\n")
        if _is_header(first):
            header = Mark(end, table_header=one_line(first, limit=2000))
            return Document(text, "csv", marks=(Mark(0), header), notes=notes)
        if number >= _ABOVE or not _is_title(first):
            break
        begin = end
    return Document(text, "csv", notes=notes)


def _is_title(line: str) -> bool:
    """What programs write above a table: nothing, one cell, `sep=;`, `Date:;2026-03-01`."""
    cells = [cell for cell in re.split(r"[,;\t|]", line) if cell.strip("\"' ")]
    return len(cells) < 2 or (len(cells) == 2 and cells[0].rstrip("\"' ").endswith(":"))


def _is_header(line: str) -> bool:
    """Several cells, none of them a number or a date, none of them long."""
    delimiter = max(",;\t|", key=line.count)
    cells = [cell.strip() for cell in line.split(delimiter)]
    if sum(map(bool, cells)) < 2 or len(line) > 2000:
        return False
    return all(len(cell) < 80 and not _VALUE.fullmatch(cell) for cell in cells if cell)
