"""Words so common in a language that holding them says little about a passage."""

from __future__ import annotations

from functools import lru_cache

from searcher.text.terms import fold


@lru_cache(maxsize=64)
def of(language: str) -> frozenset[str]:
    """Folded stop words of an ISO 639-1 language (stopwords-iso); none for one it does not know."""
    import stopwordsiso

    return frozenset(fold(word) for word in stopwordsiso.stopwords(language))
