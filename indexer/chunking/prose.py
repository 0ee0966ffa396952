"""Prose in any script: where blocks, lines and sentences begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.chunking.pieces import BLOCK, LINE, SENTENCE, THROUGH_SENTENCE

_NEWLINE = r"(?:\r\n|\n|\r)"
_CLOSING = r"[\"'”’»)\]」』】）〕*_]*"
_FULL_STOP = r"[。！？｡．।॥؟۔։።፧၊။។៕༎]"  # needs no space after it
_BREAKS = re.compile(
    rf"(?P<block>{_NEWLINE}[^\S\r\n]*{_NEWLINE}\s*|\f\s*)"
    rf"|(?P<line>{_NEWLINE})"
    rf"|(?P<full>{_FULL_STOP}+{_CLOSING}\s*)"
    rf"|(?P<stop>[.!?…]+{_CLOSING})[^\S\r\n]+(?=[^\s\d.,;:!?)a-zà-öø-ÿ])",
)
_ITEM = re.compile(r"[^\S\r\n]*(?:[-*+•‣◦–]\s|\d{1,3}[.)]\s|[a-zA-Z][.)]\s|[|>#\[({<\"'=@$\d])")
_ENDS_LINE = tuple('.!?…:;|}])>。！？：；।॥؟۔"”»*_`')
_RULE = re.compile(r"[^\S\r\n]*[-=*_~#+|:\s]{3,}[^\S\r\n]*(?=[\r\n]|$)")
# a point after these does not end a sentence
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|vs|etc|bzw|ca|nr|no|abb|fig|sr|sra|vgl|inkl|evtl|usw|bspw|inc|jr|mme|approx|eq|sec|dept|est)"
    r"|\b\w|\b\d{1,2})$",
    re.IGNORECASE,
)


def breaks(text: str, start: int, end: int) -> Iterator[tuple[int, float]]:
    """(offset, level) of every place in [start, end) where something begins, in order."""
    line = start
    for match in _BREAKS.finditer(text, start, end):
        if match["block"] is not None:
            led = _leads_to_list(text, line, match.start(), match.end())
            yield match.end() - _indent(text, match.end(), start), LINE if led else BLOCK
            line = match.end()
        elif match["line"] is not None:
            yield match.end(), _line_level(text, line, match.start(), match.end())
            line = match.end()
        elif (
            match["full"] is not None
            or match["stop"] != "."
            or not _ABBREVIATION.search(text, max(start, match.start() - 12), match.start())
        ):
            yield match.end(), SENTENCE


def _line_level(text: str, line: int, end: int, following: int) -> float:
    """A line break between items, rows or records is a good cut; one that wraps a sentence is not."""
    if _leads_to_list(text, line, end, following) or _RULE.match(text, following):
        return SENTENCE - 0.5  # the line that introduces a list, or is underlined, stays with it
    if item := _ITEM.match(text, following):
        return LINE if item.group()[0] not in " \t" else LINE - 0.25  # what is nested stays with its item
    if text[max(line, end - 1) : end].endswith(_ENDS_LINE):
        return LINE
    return THROUGH_SENTENCE - 0.5


def _leads_to_list(text: str, line: int, end: int, following: int) -> bool:
    return text[max(line, end - 2) : end].rstrip().endswith((":", "：")) and bool(
        _ITEM.match(text, following)
    )


def _indent(text: str, offset: int, floor: int) -> int:
    """Characters of indentation before `offset`: they belong to the line they indent."""
    at = offset
    while at > floor and text[at - 1] in " \t":
        at -= 1
    return offset - at
