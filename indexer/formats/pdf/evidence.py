"""How trustworthy a page's extracted text looks: what a wrong decoding or a wrong order leaves behind."""

from __future__ import annotations

import re

# no font that names its letters gives these: replacements, private use, glyph names, numbers of glyphs
_UNDECODED = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]|/[a-z]{2,10}\\.[a-z]{2,}|\\(cid:\\d+\\)")
_ARABIC = "\u0620-\u064a"
_HEBREW = "\u05d0-\u05ea"
# letters that only end a word, before another; an alef before the one that a lam must precede
_MISORDERED = re.compile(
    f"[\u0629\u0649](?=[{_ARABIC}])|(?<![{_ARABIC}])[\u0629\u0649](?=\\s)|\u0627[\u0623\u0625\u0622]\u0644"
    f"|[\u05da\u05dd\u05df\u05e3\u05e5](?=[{_HEBREW}])|(?<![{_HEBREW}'\"])[\u05da\u05dd\u05e3\u05e5](?![{_HEBREW}])"
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_SPACED = re.compile(r"(?:(?<!\w)[a-zA-Z\u00df-\u04ff] ){5,}")
_MISREAD_BYTES = re.compile("[\xa1-\xff]{2}(?=[\xa1-\xff ])")  # of a larger alphabet, as if they were Latin
_GLUED = re.compile(r"[a-zA-Z\u00df-\u024f]{32,}")
_SHARE = 0.01  # of a page's characters: fewer are accidents


def trouble(text: str) -> float:
    """The share of characters that give a misread page away; 1 for a page without any text."""
    visible = len(text) - text.count(" ") - text.count("\n")
    if not visible:
        return 1.0
    wrong = sum(len(run) // 2 for run in _SPACED.findall(text)) + sum(map(len, _GLUED.findall(text)))
    wrong += len(_UNDECODED.findall(text))
    if not text.isascii():
        wrong += len(_MISREAD_BYTES.findall(text)) + 3 * len(_MISORDERED.findall(text))
    return wrong / visible


def is_doubtful(text: str) -> bool:
    """Whether it is worth the time to ask the other reader too."""
    if trouble(text) > _SHARE:
        return True
    return not text.isascii() and len(_RIGHT_TO_LEFT.findall(text)) > len(text) * 0.2


def is_better(other: str, text: str) -> bool:
    """Whether `other` is a page's better reading: clearly less trouble, and not by leaving much out."""
    enough = len("".join(other.split())) >= 0.6 * len("".join(text.split()))
    return enough and trouble(other) < trouble(text) * 0.7
