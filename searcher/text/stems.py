"""Words to their stems, by language (Snowball; Porter 2001)."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

_SNOWBALL = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_OWN = threading.local()  # a stemmer serves one thread


@lru_cache(maxsize=1 << 14)
def stem(word: str, language: str) -> str:
    """The stem of a lower-case word; the word itself in a language without rules here."""
    stemmer = _stemmer(language)
    return word if stemmer is None else str(stemmer.stemWord(word))


def _stemmer(language: str) -> Any:
    if language not in _SNOWBALL:
        return None
    if language not in (stemmers := _OWN.__dict__):
        import Stemmer

        name = _SNOWBALL[language]
        stemmers[language] = Stemmer.Stemmer(name, 0) if name in Stemmer.algorithms() else None
    return stemmers[language]
