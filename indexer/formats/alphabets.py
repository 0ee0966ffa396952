"""Which legacy encoding a text in Latin letters has: the one that makes its letters those of one language."""

from __future__ import annotations

import re

_WESTERN, _CENTRAL = ("cp1252", "cp850", "mac_roman"), ("cp1250", "iso8859_2", "cp852")
_ALPHABETS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        _WESTERN,
        "äöüß àâæçéèêëîïôœùûüÿ áéíñóúü áâãàçéêíóôõú àèéìòóù åäöé æøåéèêóòô éëïöüèê þðýáéíóúæö àçèéíïòóúü ëç",
    ),
    (("cp1254", "cp857"), "çğıöşüâîûİ"),
    (_CENTRAL, "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţșț čćđšž äöüß ëç"),
    (("cp1257", "cp775"), "ąčęėįšųūž āčēģīķļņšūž õäöüšž"),
)  # each language's own letters, and the encodings its texts have
_HIGH = re.compile(rb"[\x80-\xff]+")
_IN_A_WORD = re.compile(rb"[A-Za-z][\x80-\xff]{1,2}|[\x80-\xff]{1,2}[A-Za-z]")
_INSIDE = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]{1,2}(?=[A-Za-z])")
_DOTLESS, _TURKISH = 0xFD, set("ğşöüç".encode("cp1254"))
_ACUTE = set("áéíóúæÁÉÍÓÚÆ".encode("cp1252"))
_FINAL, _HEBREW_LETTERS = set("ךםןףץ".encode("cp1255")), 8
_LATIN_SHARE = 0.7  # of the runs of high bytes that stand beside a letter: else it is another script
_ENOUGH = 0.94  # of the letters


def latin(sample: bytes) -> str | None:
    """The encoding; None for another script, or where no language claims nearly all of the letters."""
    runs = _HIGH.findall(sample)
    if not runs or len(_IN_A_WORD.findall(sample)) < _LATIN_SHARE * len(runs):
        return None
    high = b"".join(runs)
    counts = {byte: high.count(bytes([byte])) for byte in set(high)}
    inside = b"".join(_INSIDE.findall(sample))
    best, encoding = _ENOUGH, None
    for encodings, alphabets in _ALPHABETS:
        for name in encodings:
            shown = {byte: bytes([byte]).decode(name, "replace") for byte in counts}
            for letters in alphabets.split():
                share = _share(counts, shown, inside, frozenset(letters + letters.upper()))
                if share > best + 1e-9:
                    best, encoding = share, name
    there = counts.keys()
    if encoding == "cp1252" and _DOTLESS in there and _TURKISH & there and not _ACUTE & there:
        return "cp1254"  # of a few words; Icelandic would have á and í beside ý and þ
    return encoding


def is_hebrew(sample: bytes) -> bool:
    """Whether the high bytes are Hebrew letters, the final forms at the ends of words alone; as Cyrillic the
    same bytes stand anywhere, beside others."""
    runs = _HIGH.findall(sample)
    letters = b"".join(runs)
    inside = b"".join(run[:-1] for run in runs)
    return (
        len(letters) >= _HEBREW_LETTERS
        and all(0xE0 <= byte <= 0xFA for byte in letters)
        and bool(_FINAL & set(letters))
        and not _FINAL & set(inside)
    )


def _share(counts: dict[int, int], shown: dict[int, str], inside: bytes, letters: frozenset[str]) -> float:
    """The share of high bytes that are letters of the alphabet; signs between words are left out of it."""
    right = wrong = 0
    for byte, count in counts.items():
        if shown[byte] in letters:
            right += count
        elif shown[byte].isalpha() or shown[byte] == "\ufffd":
            wrong += count
        elif shown[byte] not in "\u2019\u00b7\u00ad":
            wrong += inside.count(byte)
    return right / (right + wrong) if right else 0.0
