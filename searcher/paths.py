"""File names as text. A name need not be valid UTF-8; what the index stores must be."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from searcher.objects import is_address
from searcher.system import with_slashes

_ESCAPED = "percent:"  # no absolute path begins like this


def to_stored(path: str | os.PathLike[str]) -> str:
    """Valid UTF-8 for any absolute path: one with undecodable bytes is percent-encoded as a whole."""
    text = with_slashes(os.fspath(path))
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _ESCAPED + quote_from_bytes(os.fsencode(text))
    return text


def given(path: str | os.PathLike[str]) -> str:
    """The stored path of what a person names."""
    return os.fspath(path) if is_address(path) else to_stored(Path(path).expanduser().absolute())


def from_stored(stored: str) -> Path:
    """The path that `to_stored` was given."""
    if not stored.startswith(_ESCAPED):
        return Path(stored)
    return Path(os.fsdecode(unquote_to_bytes(stored.removeprefix(_ESCAPED))))


def starts_below(stored: str) -> tuple[str, ...]:
    """How stored paths below a stored folder begin: like it, or escaped as a whole for a name below."""
    plain = with_slashes(stored).rstrip("/") + "/"
    if stored.startswith(_ESCAPED):
        return (plain,)
    return plain, _ESCAPED + quote_from_bytes(plain.encode("utf-8"))


def is_within(stored: str, folder: str) -> bool:
    """Whether a stored path is the stored folder or lies below it."""
    return stored == folder or stored.startswith(starts_below(folder))


def doc_id(stored: str, source: str = "") -> str:
    """32 hex digits that stand for a stored path wherever a path would need quoting; others for the same path
    of another home that writes the same index."""
    if source:
        stored = f"{source}\0{stored}"
    return hashlib.blake2b(stored.encode("utf-8"), digest_size=16).hexdigest()
