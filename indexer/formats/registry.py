"""Which module reads which file: by name first, then by content."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from searcher.errors import ExtractionFailed
from searcher.records import Document

# kind -> (module, file name endings)
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "pdf": ("indexer.formats.pdf", (".pdf",)),
    "md": ("indexer.formats.markdown", (".md", ".markdown", ".mdx")),
    "code": ("indexer.formats.code", ()),
    "txt": ("indexer.formats.plain", (".txt", ".log", ".text", ".csv", ".json", ".yaml", ".toml")),
}  # fmt: skip
_BY_ENDING = {ending: kind for kind, (_, endings) in FORMATS.items() for ending in endings}


def kind_of(path: Path) -> str | None:
    """The format of a file, or None for one that holds no text."""
    from indexer.formats.code import LANGUAGES

    ending = path.suffix.lower()
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if ending.lstrip(".") in LANGUAGES:
        return "code"
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(b"%PDF-"):
        return "pdf"
    return "txt" if b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff") else None


def extract(path: Path) -> Document:
    """The text of a file with its addresses. Raises ExtractionFailed with a reason a person understands."""
    try:
        if path.stat().st_size == 0:
            raise ExtractionFailed("the file is empty")
        kind = kind_of(path)
        if kind is None:
            raise ExtractionFailed("binary content, no text found")
        read: Callable[[Path], Document] = import_module(FORMATS[kind][0]).read
        return read(path)
    except OSError as error:
        raise ExtractionFailed(f"cannot be read: {error.strerror}") from error
