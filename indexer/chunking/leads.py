"""What heads a table or a list, for the passages that begin further down in it."""

from __future__ import annotations

import re

_FARTHEST = 40_000  # characters looked back
_ROW = re.compile(r"[ \t]*\|")
_ITEM = re.compile(r"[ \t]*(?:[-*+•‣◦–]|\d{1,3}[.)])[ \t]")


def lead_in(text: str, start: int) -> str:
    """Header row of the pipe table, or the line with a colon over the list, that holds text[start]."""
    at = start
    while at < len(text) and text[at] in "\r\n":
        at += 1
    pattern = next((p for p in (_ROW, _ITEM) if p.match(text, at)), None)
    if pattern is None or at != _line_start(text, at):
        return ""
    above = text[max(0, at - _FARTHEST) : at].splitlines()
    if at > _FARTHEST:
        above = above[1:]
    return _table(above) if pattern is _ROW else _list(above)


def _table(above: list[str]) -> str:
    head = ""
    for line in reversed(above):
        if not _ROW.match(line):
            break
        head = line
    return head.strip()


def _list(above: list[str]) -> str:
    for line in reversed(above):
        if line.strip() and not _ITEM.match(line) and not line.startswith((" ", "\t")):
            return line.strip() if line.rstrip().endswith((":", "：")) else ""
    return ""


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
