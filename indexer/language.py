"""The natural language of a passage."""

from __future__ import annotations

_SHORTEST = 20


def detect(text: str) -> str | None:
    """ISO 639-1 code, or None when the text is too short to tell."""
    if len(text.strip()) < _SHORTEST and text.isascii():
        return None
    import py3langid

    return str(py3langid.classify(text[:1000])[0])
