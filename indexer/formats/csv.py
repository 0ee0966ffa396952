"""CSV and TSV: the file's own text; the record that names the columns heads every row."""

from __future__ import annotations

import re
from itertools import islice

from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from indexer.records import record_ends
from searcher.records import Document, Mark

_LOOKED_AT = 12  # records at the top among which the header is looked for
_LONGEST = 2_000  # characters of it
_SHARE = 0.6  # of the usual number of cells that it fills
_VALUE = re.compile(r"""["']?\s*[-+]?[\d.,:/ %€$£-]+\s*["']?""")


def read(source: Source) -> Document:
    text, notes = own_text(source)
    ends = list(islice(record_ends(text, 0, len(text)), _LOOKED_AT))
    records = [text[a:b].rstrip("\r\n")[: _LONGEST + 1] for a, b in zip([0, *ends], ends, strict=False)]
    number = _header(records)
    if number is None:
        return Document(text, "csv", notes=notes)
    header = Mark(ends[number], table_header=one_line(records[number], limit=_LONGEST))
    return Document(text, "csv", marks=(Mark(0), header), notes=notes)


def _header(records: list[str]) -> int | None:
    """The first record of names among what programs write above a table: titles, `sep=;`, pairs such as
    `Date:;2026-03-01`."""
    delimiter = max(",;\t|", key="".join(records).count)
    rows = [[cell.strip() for cell in record.split(delimiter)] for record in records]
    widths = sorted(sum(map(bool, row)) for row in rows)
    usual = widths[-2] if len(widths) > 2 else max(widths, default=0)  # one record may be of another kind
    for number, (record, row) in enumerate(zip(records, rows, strict=True)):
        filled = sum(map(bool, row))
        is_pair = filled == 2 < usual and bool(row[0] and row[1])
        if filled >= max(2, usual * _SHARE) and not is_pair:
            return number if len(record) <= _LONGEST and _are_names(row) else None
    return None


def _are_names(cells: list[str]) -> bool:
    """None of them a number or a date, none of them long."""
    return all(len(cell) < 80 and not _VALUE.fullmatch(cell) for cell in cells if cell)
