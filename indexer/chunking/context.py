"""What the model reads in front of a passage, and nobody is shown.

Kept is what measured better than the bare text (benchmarks/context.py): what a piece of code is called, in
words. Titles and heading paths of prose made every language but Chinese worse and are left out.
"""

from __future__ import annotations

import re

_DOING = frozenset({"function", "method"})
_HEADER = 480  # characters
_RUN = re.compile(r"[^\W_]+")


def identifier_words(symbol: str) -> str:
    """`Stack.pushBack` -> "stack push back"; `verify_credentials` -> "verify credentials"."""
    words: list[str] = []
    for run in _RUN.findall(symbol):
        start = 0
        for at in range(1, len(run)):
            before, here, after = run[at - 1], run[at], run[at + 1 : at + 2]
            hump = here.isupper() and (before.islower() or (before.isupper() and after.islower()))
            if hump or before.isdigit() != here.isdigit():
                words.append(run[start:at])
                start = at
        words.append(run[start:])
    return " ".join(words).lower()


def of_prose(header: str) -> str:
    """What heads the table or the list that a passage continues."""
    return _short(header, _HEADER)


def of_code(symbol: str | None, kind: str | None, signature: str) -> str:
    """What the symbol is called, in words, and the signature of a definition for its later parts."""
    if not symbol:
        return signature
    names, _, _ = symbol.partition(", ")
    parent, _, name = names.rpartition(".")
    link = " to " if kind in _DOING else " "
    words = f"A {kind or 'part'}{link}{identifier_words(name)}"
    if parent:
        words += f" in {identifier_words(parent)}"
    return "\n".join(filter(None, (words, signature)))


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0]
