r"""Letters as TeX writes them, in .tex and .bib: `M{\"u}ller` is Müller, who is looked for."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "u": "\u0306", "v": "\u030c",
    "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
_LETTERS = {"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å",
            "l": "ł", "L": "Ł"}  # fmt: skip
_WRITTEN = re.compile(
    r"\\(?:([\"'`^~])[ ]?(?:\{\\?([A-Za-z])\}|\\([ij])(?![A-Za-z])(?:[ ](?=[a-z]))?|([A-Za-z]))"  # an accent
    r"|([vcHkru])[ ]?\{\\?([A-Za-z])\}"  # a sign with a name
    r"|(ss|ae|AE|oe|OE|aa|AA)(?![A-Za-z])(?:\{\}|[ ](?=[a-z]))?"  # a letter with a name, which a space ends
    r"|([oOlL])(?:\{\}|(?<=[{]\\.)(?=\})|[ ](?<=[A-Za-z]\\.[ ])(?=[a-z])))"
)
_IN_BRACES = re.compile(r"\{([^\x00-\x7f])\}")
_ANY = re.compile(  # found, or found missing, in half of the time that the other takes
    r"""\\(?:["'`^~] ?\{?\\?[A-Za-z]|[cvHkru] ?\{\\?[A-Za-z]\}|(?:ss|ae|AE|oe|OE|aa|AA|[oOlL])(?![A-Za-z]))"""
)


def with_letters(text: str) -> str:
    """The text with its letters in place of their names. Lines stay where they are."""
    if _ANY.search(text):
        text = _WRITTEN.sub(_letter, text)
    return text if text.isascii() else _IN_BRACES.sub(r"\1", text)


def _letter(match: re.Match[str]) -> str:
    given = [group for group in match.groups() if group]
    if len(given) == 1:
        return _LETTERS[given[0]]
    letter = unicodedata.normalize("NFC", given[1] + _SIGNS[given[0]])
    return letter if len(letter) == 1 else match[0]  # no letter has that sign
