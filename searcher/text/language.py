"""The natural language of a passage or a query: by its script where that decides, else by py3langid."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Any

from searcher.home import Home
from searcher.text import identifier

_READ = 600  # characters looked at
_FEWEST_LETTERS = 12  # below, names and numbers decide more than the language does
_LEAST_SURE = 0.5  # probability
_SHORT = 100  # letters below which one word that is repeated would decide alone

_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30ff]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
# scripts that one language alone is commonly written in
_SCRIPTS = {
    "ko": r"[\u1100-\u11ff\uac00-\ud7a3]",
    "th": r"[\u0e00-\u0e7f]",
    "el": r"[\u0370-\u03ff\u1f00-\u1fff]",
    "he": r"[\u0590-\u05ff]",
    "hy": r"[\u0530-\u058f]",
    "ka": r"[\u10a0-\u10ff]",
    "km": r"[\u1780-\u17ff]",
    "lo": r"[\u0e80-\u0eff]",
    "my": r"[\u1000-\u109f]",
    "ta": r"[\u0b80-\u0bff]",
    "te": r"[\u0c00-\u0c7f]",
    "kn": r"[\u0c80-\u0cff]",
    "ml": r"[\u0d00-\u0d7f]",
    "gu": r"[\u0a80-\u0aff]",
    "pa": r"[\u0a00-\u0a7f]",
    "si": r"[\u0d80-\u0dff]",
    "am": r"[\u1200-\u137f]",
    "or": r"[\u0b00-\u0b7f]",
}
_SCRIPT = re.compile("|".join(f"(?P<{code}>{letters})" for code, letters in _SCRIPTS.items()))


def detect(text: str) -> str | None:
    """ISO 639-1 code, or None for what is too short, too mixed or no language at all."""
    sample = text[: 2 * _READ].strip()[:_READ]
    letters = len(_LETTER.findall(sample))
    han, kana = len(_HAN.findall(sample)), len(_KANA.findall(sample))
    if han + kana >= 4 and 2 * (han + kana) > letters:
        return "ja" if 20 * kana > han + kana else "zh"
    if not sample.isascii():
        scripts = [match.lastgroup for match in _SCRIPT.finditer(sample)]
        if len(scripts) >= 6:
            commonest = max(set(scripts), key=scripts.count)
            if 2 * scripts.count(commonest) > letters:
                return commonest
    words = " ".join(dict.fromkeys(sample.split()))
    different = len(_LETTER.findall(words))
    if different < _FEWEST_LETTERS:
        return None
    if different < _SHORT:
        sample = words
    code, probability = _identifying.opened().classify(sample)
    return str(code) if probability >= _LEAST_SURE and len(code) == 2 else None


@lru_cache(maxsize=64)  # asked for each hit of a query
def of_query(text: str) -> str | None:
    """As `detect`, for a few words: a script that says it all needs no minimum."""
    letters = _LETTER.findall(text)
    if not letters:
        return None
    han, kana = len(_HAN.findall(text)), len(_KANA.findall(text))
    if 2 * (han + kana) > len(letters):
        return "ja" if kana else "zh"
    scripts = [match.lastgroup for match in _SCRIPT.finditer(text)]
    if 2 * len(scripts) > len(letters):
        return max(set(scripts), key=scripts.count)
    return detect(text)


class _Identifying:
    """The model of this process, read when it is first needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._home: Home | None = None
        self._model: Any = None

    def keep_in(self, home: Home) -> None:
        self._home = home

    def opened(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = identifier.opened(self._home)
            return self._model

    def rest(self) -> None:
        with self._lock:
            self._model = None


_identifying = _Identifying()


def keep_in(home: Home) -> None:
    """Where this process finds the unpacked model, or leaves it for the next one."""
    _identifying.keep_in(home)


def wake() -> None:
    """Read the model, before it is needed."""
    _identifying.opened()


def rest() -> None:
    """Let go of the model."""
    _identifying.rest()
