"""What decides a vector, as one hex string: an index belongs to exactly one of them."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from searcher.errors import HomeError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.models.profiles import Profile


def of(source_hash: str, profile: Profile) -> str:
    """32 hex digits over the file's hash, pooling, prompts and end token."""
    parts = (source_hash, profile.pooling, profile.document, profile.query, profile.end_token)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def file_hash(home: Home, path: Path) -> str:
    """sha256 of a model file, remembered by inode, size and mtime: half a gigabyte takes a second to read."""
    stat = path.stat()
    key = f"{stat.st_dev}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}"
    hashes = read_json(home.hashes)
    hashes = hashes if isinstance(hashes, dict) else {}
    name = os.fspath(path.resolve())
    if hashes.get(name, {}).get("key") == key:
        return str(hashes[name]["sha256"])
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with suppress(HomeError):  # it is only slower without
        home.create()
        write_json(home.hashes, {**hashes, name: {"key": key, "sha256": digest}})
    return digest
