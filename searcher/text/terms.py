"""Text to the terms of the full-text index: words, parts of identifiers, stems, pairs of CJK letters.

What a term stands for is seen from its form: `~` begins a stem, everything else is written so in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from searcher.text.stems import stem

VERSION = "2"  # grows when the same text would get other terms

# marks that belong to the letter before them, which \w leaves out
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0711\u0730-\u074a"
    "\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u1000-\u1049\u1050-\u109f\u135d-\u135f\u1780-\u17d3\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
)
_PICTURES = "\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"  # emoji, each a word
_WORD = re.compile(rf"[\w{MARKS}.@+\-'#]+|[{_PICTURES}]")
CONTINUOUS = (  # letters of scripts that put no spaces between words
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_CONTINUOUS = re.compile(f"[{CONTINUOUS}]+")
_ASCII_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_USUAL = 32  # letters of a word that is likely to come again
_JOINTS = re.compile(r"[-'_]")

_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"
_ALIKE = str.maketrans(
    {**dict.fromkeys(_INVISIBLE), **dict.fromkeys("‘’ʼ＇`´", "'"), **dict.fromkeys("‐‑", "-"), "ـ": None}
)
# letters that no decomposition splits, and Arabic letters that keyboards exchange
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t"}
    | {"þ": "th", "œ": "oe", "æ": "ae"}
    | {"ك": "ک", "ي": "ی", "ى": "ی", "ة": "ه"}
)
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A word of a query: what stands for it in the index."""

    name: str  # folded, as a person would recognise it
    exact: tuple[str, ...]
    stems: tuple[str, ...] = ()
    of_identifier: bool = False  # an identifier or compound that parts are asked for as well, or such a part


def terms(text: str, languages: Sequence[str] = ()) -> list[str]:
    """Lower-case terms without accents; identifiers whole and in parts; pairs of letters in CJK and Thai;
    stems, each behind `~`, where they differ from their word in one of the `languages` (ISO 639-1)."""
    spoken = tuple(languages)
    terms: list[str] = []
    for word in _WORD.findall(clean(text)):
        terms += _cached_terms(word, spoken) if len(word) <= _USUAL else _terms_of(word, spoken)
    return terms


def _terms_of(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    word = _stripped(word)
    whole = fold(word)
    if not whole.strip("_"):
        return ()
    if runs := _CONTINUOUS.findall(whole):
        return (*_pairs(runs), *_CONTINUOUS.sub(" ", whole).split())
    spellings = _spellings(word, whole)
    if whole.startswith("."):
        spellings.append(whole[1:])
    parts = _parts(word)
    spellings += [plain for part in parts if (plain := fold(part)) and plain not in spellings]
    for part in parts or [word]:
        if part.isalpha():
            plain = fold(part)
            spellings += dict.fromkeys(f"~{s}" for code in languages if (s := _stem(part, code)) != plain)
    return tuple(spellings)


_cached_terms = lru_cache(maxsize=1 << 15)(_terms_of)  # texts repeat their words: three times as quick


def asked(text: str, languages: Sequence[str] = ()) -> list[Asked]:
    """The words of a query, each once; an identifier also by its parts."""
    words: dict[str, Asked] = {}
    for word in _words(text):
        if runs := _CONTINUOUS.findall(whole := fold(word)):
            for term in [*_pairs(runs), *_CONTINUOUS.sub(" ", whole).split()]:
                words.setdefault(term, Asked(term, (term,)))
            continue
        spellings = tuple(_spellings(word, whole))
        parts = _parts(word)
        stems = () if parts else _stems(word, whole, languages)
        words.setdefault(whole, Asked(whole, spellings, stems, bool(parts)))
        for part in parts:
            if (plain := fold(part)) and plain not in spellings:
                words.setdefault(plain, Asked(plain, (plain,), _stems(part, plain, languages), True))
    return list(words.values())


def query_terms(text: str, languages: Sequence[str] = ()) -> list[str]:
    """All terms that stand for a query's words, each once."""
    return list(dict.fromkeys(term for word in asked(text, languages) for term in (*word.exact, *word.stems)))


def clean(text: str) -> str:
    """NFKC, without what nobody sees, with one apostrophe and one hyphen."""
    if text.isascii():
        return text.replace("`", "'")
    return unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE)


def fold(text: str) -> str:
    """Case and accents folded; ß becomes ss, ł l, œ oe."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter) or letter in "゙゚")
    return unicodedata.normalize("NFC", letters).translate(_PLAIN)


def written_out(text: str) -> str:
    """Folded, with ä ö ü ø å as ae oe ue oe aa: how names are spelt where those keys are missing."""
    return fold(unicodedata.normalize("NFC", text).casefold().translate(_WRITTEN_OUT))


def is_continuous(text: str) -> bool:
    """Whether some of it is in a script that puts no spaces between words."""
    return _CONTINUOUS.search(text) is not None


def _words(text: str) -> Iterator[str]:
    for word in _WORD.findall(clean(text)):
        stripped = _stripped(word)
        if fold(stripped).strip("_"):
            yield stripped


def _stripped(word: str) -> str:
    """Without what belongs to the sentence: C++, F# and .NET keep their signs."""
    word = word.rstrip(".-'@")
    base = word.rstrip("+#")
    if base != word and not (base.isalpha() and len(base) <= 2):
        word = base.rstrip(".-'@")
    bare = word.lstrip(".-'+@#")
    return f".{bare}" if bare[:1].isalpha() and word == f".{bare}" else bare


def _spellings(word: str, whole: str) -> list[str]:
    """The word as a whole: folded, without its hyphens, written out."""
    joined = _JOINTS.sub("", whole)
    spellings = [whole] if joined == whole or "_" in whole else []
    if joined and joined not in spellings:
        spellings.append(joined)
    if not word.isascii() and (other := _JOINTS.sub("", written_out(word))) not in spellings:
        spellings.append(other)
    return [spelling for spelling in spellings if spelling]


def _parts(word: str) -> list[str]:
    """What an identifier or compound is made of; empty for a plain word."""
    if word.isalpha() and (word.islower() or word.istitle() or word.isupper()):
        return []
    parts = _ASCII_PARTS.findall(word) if word.isascii() else _runs(word)
    return [part for part in parts if len(part) > 1] if len(parts) > 1 else []


def _runs(word: str) -> list[str]:
    """As _ASCII_PARTS, for letters of any script."""
    runs: list[str] = []
    previous = ""
    for letter in word:
        kind = (
            "digit"
            if letter.isdigit()
            else "upper"
            if letter.isupper()
            else "lower"
            if letter.isalpha() or unicodedata.category(letter)[0] == "M"
            else ""
        )
        if not kind:
            pass
        elif kind == previous or (previous == "upper" and kind == "lower" and len(runs[-1]) == 1):
            runs[-1] += letter
        elif previous == "upper" and kind == "lower":
            runs[-1], start = runs[-1][:-1], runs[-1][-1]
            runs.append(start + letter)
        else:
            runs.append(letter)
        previous = kind
    return runs


def _stem(word: str, language: str) -> str:
    return fold(stem(word.lower(), language))


def _stems(word: str, plain: str, languages: Sequence[str]) -> tuple[str, ...]:
    """A stem stands in the index as such, or is what another word's form already is."""
    stems: list[str] = []
    for code in languages if word.isalpha() else ():
        short = _stem(word, code)
        stems += [f"~{short}"] + ([short] if short != plain else [])
    return tuple(dict.fromkeys(stems))


def _pairs(runs: Sequence[str]) -> list[str]:
    return [pair for run in runs for pair in ([run[i : i + 2] for i in range(len(run) - 1)] or [run])]
