"""Mass data: what programs write by the thousand lines. All of its words are looked for, while evenly spread
passages of it stand for the rest by meaning (the setting `mass_passages`)."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.formats.longlines import long_lines
from searcher.records import MASS_KINDS, Document

_HEAD = 4_000  # characters in which a program says that it wrote the file
_BY_HAND_NEVER = ("do not edit", "do not modify")
_GENERATED = re.compile(
    r"(?:@|\b(?:auto-?|automatically |machine[- ]))generated\b|\bgenerated (?:by|from|automatically)\b"
)
_AROUND = 30  # characters before and behind the word
_LOCKED = re.compile(r"(?:^|[.-])lock(?:\.\w+)?$|^go\.sum$", re.I)  # Cargo.lock, pnpm-lock.yaml
_ENTRY = re.compile(
    r"(?=[\[<(\dJFMASONDTIWE])"  # most lines are told by their first letter
    r"[\[<(]?(?:\d{4}-\d\d-\d\d[T ,]|\d\d?[./]\d\d?[./]\d{2,4} |\d\d:\d\d:\d\d|\d{9,}[. ]"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:"
    r"|(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL)\b|\d{1,3}(?:\.\d{1,3}){3} )"
)
_INSERT = re.compile(r"^[ \t]*(?:INSERT INTO|\(.*\)[,;]?$)", re.I | re.M)
_BEGINNING = 200_000  # characters that show what a text is
_LINES = 200  # of them, at most
_SHARE = 0.6  # of the lines that are not empty
_TITLE = 30  # lines that may stand above the first entry
_FEW = 20  # lines; less is no mass
_PACKED = 1_500  # characters of a line of code
_WHITE_SHARE = 0.07  # of a line: what is written by hand has more


def is_mass(document: Document, kind: str, name: str) -> bool:
    """Whether a file of that kind and name is a table, a log, a dump, or code that a program made."""
    if kind in MASS_KINDS or (("lock" in name.lower() or name.lower() == "go.sum") and _LOCKED.search(name)):
        return True
    if kind == "txt":
        return _mostly(document.text, _ENTRY.match)
    if kind != "code":
        return False
    return bool(
        _is_generated(document.text[:_HEAD])
        or _is_packed(document.text)
        or (document.language == "sql" and _mostly(document.text, _INSERT.match))
    )


def _is_generated(head: str) -> bool:
    """Whether a program says there that it wrote the file. The pattern is asked only where its word is: over
    all of the head it takes a third of a millisecond."""
    words = head.lower()
    if any(phrase in words for phrase in _BY_HAND_NEVER):
        return True
    at = words.find("generated")
    while at >= 0:
        if _GENERATED.search(words, max(at - _AROUND, 0), at + _AROUND):
            return True
        at = words.find("generated", at + 1)
    return False


def _mostly(text: str, is_entry: Callable[[str, int], object]) -> bool:
    """Whether most lines that are not empty, in the beginning of a text that is not short, are entries."""
    if text.count("\n", 0, _BEGINNING) < _FEW - 1:
        return False
    entries = others = start = 0
    for _ in range(_LINES):
        end = text.find("\n", start)
        if is_entry(text, start):
            entries += 1
        elif start != end and not text[start : end if end >= 0 else None].isspace():
            others += 1
            if others > _LINES * (1 - _SHARE) or (others > _TITLE and not entries):
                return False
        if not 0 <= end < _BEGINNING:
            break
        start = end + 1
    return entries + others >= _FEW and others <= (entries + others) * (1 - _SHARE)


def _is_packed(text: str) -> bool:
    """Whether a line is one that a program has packed."""
    for start, end in long_lines(text, _PACKED):
        sample = text[start : min(end, start + 20_000)]
        if sample.count(" ") + sample.count("\t") < _WHITE_SHARE * len(sample):
            return True
    return False
