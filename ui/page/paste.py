"""A path as people type or paste it."""

from __future__ import annotations

from urllib.parse import unquote


def typed_path(text: str) -> str:
    """Without surrounding quotes, blanks and the file:// of a file manager."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://"))
    return text
