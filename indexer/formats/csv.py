"""CSV and TSV: the file's own text; its first record is every row's header when it reads like one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document, Mark

_VALUE = re.compile(r"""["']?\s*[-+]?[\d.,:/ %€$£-]+\s*["']?""")
# a quoted cell may hold line ends; one that is never closed, or not for very long, is no quoted cell
_RECORD_END = re.compile(
    r'(?<![^,;\t|\r\n])"[^"]{0,20000}+(?:""[^"]{0,20000}+){0,200}+"(?![^,;\t|\r\n])'
    r"|(?P<end>\r\n|\n|\r)"
)


def record_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Offsets behind each line end of [start, end) that is not inside a quoted cell."""
    for match in _RECORD_END.finditer(text, start, end):
        if match["end"] is not None:
            yield match.end()


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
