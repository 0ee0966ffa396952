"""Text to the terms of the full-text index: words, parts of identifiers, pairs of letters in CJK and Thai."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:[._@+\-'#][^\W_]+)*|[^\W_]+", re.UNICODE)
_CONTINUOUS = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")


def terms(text: str) -> list[str]:
    """Lower-case terms without accents; identifiers whole and in parts; pairs of letters in CJK and Thai."""
    found: list[str] = []
    for word in re.findall(r"[\w.@+\-'#]+", unicodedata.normalize("NFKC", text)):
        whole = fold(word.strip(".-'+@"))
        if not whole.strip("_"):
            continue
        runs = _CONTINUOUS.findall(whole)
        if runs:
            for run in runs:
                found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
            whole = _CONTINUOUS.sub(" ", whole)
            found += whole.split()
            continue
        found.append(whole)
        parts = [fold(part) for part in _PARTS.findall(word)]
        if len(parts) > 1:
            found += [part for part in parts if len(part) > 1]
    return found


def fold(text: str) -> str:
    """Case and accents folded; ß becomes ss."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in decomposed if not unicodedata.combining(letter) or letter in "゙゚")
    return unicodedata.normalize("NFC", kept)


def query_terms(text: str) -> list[str]:
    """A query's terms: as `terms`, without duplicates."""
    return list(dict.fromkeys(terms(text)))
