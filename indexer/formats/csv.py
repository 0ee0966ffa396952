"""CSV and TSV: the file's own text; its first record is every row's header when it reads like one."""

from __future__ import annotations

import re

from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from indexer.records import record_ends
from searcher.records import Document, Mark

_VALUE = re.compile(r"""["']?\s*[-+]?[\d.,:/ %€$£-]+\s*["']?""")


def read(source: Source) -> Document:
    text, notes = own_text(source)
    rows = next(record_ends(text, 0, len(text)), 0)
    first = text[:rows].rstrip("\r\n")
    if not rows or not _is_header(first):
        return Document(text, "csv", notes=notes)
    header = Mark(rows, table_header=one_line(first, limit=2000))
    return Document(text, "csv", marks=(Mark(0), header), notes=notes)


def _is_header(line: str) -> bool:
    """Several cells, none of them a number or a date, none of them long."""
    delimiter = max(",;\t|", key=line.count)
    cells = [cell.strip() for cell in line.split(delimiter)]
    if len(cells) < 2 or len(line) > 2000:
        return False
    return all(len(cell) < 80 and not _VALUE.fullmatch(cell) for cell in cells if cell)
