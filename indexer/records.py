"""Where the records of comma-separated text end: readers and the cutting of passages both ask."""

from __future__ import annotations

import re
from collections.abc import Iterator

# a quoted cell may hold line ends; one that is never closed, or not for very long, is no quoted cell
_RECORD_END = re.compile(
    r'(?<![^,;\t|\r\n])"[^"]{0,20000}+(?:""[^"]{0,20000}+){0,200}+"(?![^,;\t|\r\n])'
    r"|(?P<end>\r\n|\n|\r)"
)
_LINE_END = re.compile(r"\r\n?|\n")


def record_ends(text: str, start: int, end: int) -> Iterator[int]:
    """Offsets behind each line end of [start, end) that is not inside a quoted cell."""
    if text.find('"', start, end) < 0:
        yield from (match.end() for match in _LINE_END.finditer(text, start, end))
        return
    for match in _RECORD_END.finditer(text, start, end):
        if match["end"] is not None:
            yield match.end()
