"""Tesseract, where it is installed: pages in scripts that RapidOCR's models do not know, and which way up any
page lies. It is a program of its own, with one thread, and is given the pixels of a page that was drawn
already, never a file.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

PlacedLine = tuple[str, tuple[float, float, float, float], float]  # text, box in pixels, sureness in [0, 1]

# scripts as tesseract names them, and the languages written in them, the commoner first
_LANGUAGES = {
    "Cyrillic": "rus ukr bul srp bel mkd kaz mon",
    "Greek": "ell",
    "Korean": "kor",
    "Hangul": "kor",
    "Arabic": "ara fas urd",
    "Hebrew": "heb yid",
    "Devanagari": "hin mar nep",
    "Thai": "tha",
    "Bengali": "ben",
    "Tamil": "tam",
    "Telugu": "tel",
    "Gujarati": "guj",
    "Gurmukhi": "pan",
    "Kannada": "kan",
    "Malayalam": "mal",
    "Georgian": "kat",
    "Armenian": "hye",
    "Ethiopic": "amh",
    "Khmer": "khm",
    "Lao": "lao",
    "Myanmar": "mya",
    "Sinhala": "sin",
}
VIETNAMESE = "vie"  # Latin letters, with more marks than RapidOCR's models know
_AT_ONCE = 3  # languages; each more is slower
_SECONDS = 60
_LEFT_OUT = 0.3  # sureness of a word below which it is no word
_HANGUL = re.compile("[\uac00-\ud7a3]")
_SPACE = 0.15  # of a line's height
_ROTATE = re.compile(r"(?m)^Rotate: (\d+)$")
_SCRIPT = re.compile(r"(?m)^Script: (\w+)$")
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1"}


def sight(image: Any) -> tuple[int, str]:
    """By how many degrees, counter-clockwise as Pillow turns, a page has to be turned to stand upright, and
    the name of its script; 0 and empty where that cannot be told."""
    if "osd" not in _installed():
        return 0, ""
    told = _asked(image, "--psm", "0")
    turn, script = _ROTATE.search(told), _SCRIPT.search(told)
    return (-int(turn[1]) % 360 if turn else 0), (script[1] if script else "")


def languages(script: str) -> str:
    """What to read a script with, as tesseract's option has it; empty for one that is RapidOCR's, or whose
    languages are not installed."""
    for whole in (f"script/{script}", script):
        if script in _LANGUAGES and whole in _installed():
            return whole
    return "+".join([name for name in _LANGUAGES.get(script, "").split() if name in _installed()][:_AT_ONCE])


def reads_vietnamese() -> bool:
    return VIETNAMESE in _installed()


def read(image: Any, languages: str) -> list[PlacedLine]:
    """The lines of a page that stands upright."""
    layout = "4" if languages == "kor" else "3"  # 3 takes Korean for text that runs downwards
    table = _asked(image, "-l", languages, "--psm", layout, "tsv")
    return list(_lines(csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)))


def _lines(rows: Any) -> Iterator[PlacedLine]:
    words: list[tuple[str, tuple[int, int, int, int], float]] = []
    place = None
    for row in rows:
        try:
            sure = float(row["conf"]) / 100
            left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
        except (KeyError, TypeError, ValueError):
            continue
        there = tuple(row[n] for n in ("block_num", "par_num", "line_num"))
        if words and there != place:
            yield _line(words)
            words = []
        place = there
        if sure >= _LEFT_OUT and (text := (row.get("text") or "").strip()):
            words.append((text, (left, top, left + width, top + height), sure))
    if words:
        yield _line(words)


def _line(words: list[tuple[str, tuple[int, int, int, int], float]]) -> PlacedLine:
    lefts, tops, rights, bottoms = zip(*(box for _, box, _ in words), strict=True)
    letters = sum(len(text) for text, _, _ in words)
    sure = sum(len(text) * sure for text, _, sure in words) / letters
    text = unicodedata.normalize("NFKC", _joined(words, max(bottoms) - min(tops)))  # a micro sign is a mu
    return text, (min(lefts), min(tops), max(rights), max(bottoms)), sure


def _joined(words: list[tuple[str, tuple[int, int, int, int], float]], height: int) -> str:
    """Words with spaces between them; of Korean, which it takes apart, the syllables that stand close."""
    text = words[0][0]
    for (before, (_, _, end, _), _), (word, (start, _, _, _), _) in pairwise(words):
        syllables = _HANGUL.match(before[-1]) and _HANGUL.match(word[0])
        text += ("" if syllables and start - end < _SPACE * height else " ") + word
    return text


@cache
def _installed() -> frozenset[str]:
    """Names of the languages and scripts that are there."""
    if not shutil.which("tesseract"):
        return frozenset()
    told = _ran(b"", "--list-langs").split("\n")
    return frozenset(line.strip() for line in told[1:] if line.strip())


def _asked(image: Any, *options: str) -> str:
    given = io.BytesIO()
    image.convert("L").save(given, "PPM")  # a PGM: nothing is packed
    return _ran(given.getvalue(), "-", "-", *options)


def _ran(given: bytes, *arguments: str) -> str:
    """What it prints; nothing where it fails."""
    try:
        done = subprocess.run(
            ["tesseract", *arguments],
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, **_ENVIRONMENT},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
