"""What the model reads in front of a passage, and nobody is shown.

Kept are the parts that measured better than the bare text (benchmarks/context.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PART = 120  # characters of one part
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")
_NOTHING_SAID = re.compile(r"[\w.-]*\.\w{1,8}\Z")  # a file name is no title


def identifier_words(symbol: str) -> str:
    """`Stack.pushBack` -> "stack push back"; `verify_credentials` -> "verify credentials"."""
    return " ".join(word.lower() for word in _WORDS.findall(symbol))


def of_prose(title: str | None, heading: Sequence[str], text: str, header: str) -> str:
    """Title and heading path where the passage does not say them itself, and what heads its table."""
    told = title if title and not _NOTHING_SAID.match(title) else None
    opening = text[:400]
    kept = dict.fromkeys(_short(part) for part in (told, *heading) if part and part.strip() not in opening)
    return "\n".join(filter(None, (" > ".join(kept), _short(header, 4 * _PART))))


def of_code(symbol: str | None, kind: str | None, signature: str) -> str:
    """The symbol in words, and the signature of a definition for its later parts."""
    words = f"{kind or 'code'} {identifier_words(symbol)}" if symbol else ""
    return "\n".join(filter(None, (words, signature)))


def _short(text: str, most: int = _PART) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most].rsplit(" ", 1)[0]
