"""Source code: the file's own text, and its language by the file's ending."""

from __future__ import annotations

from pathlib import Path

from indexer.formats.plain import decode
from searcher.records import Document

LANGUAGES = {
    "py": "python", "pyi": "python", "js": "javascript", "mjs": "javascript", "jsx": "javascript",
    "ts": "typescript", "tsx": "typescript", "java": "java", "go": "go", "rs": "rust", "c": "c", "h": "c",
    "cc": "c++", "cpp": "c++", "hpp": "c++", "cs": "c#", "rb": "ruby", "php": "php", "kt": "kotlin",
    "swift": "swift", "sh": "bash", "bash": "bash", "sql": "sql", "lua": "lua", "r": "r", "scala": "scala",
}  # fmt: skip


def read(path: Path) -> Document:
    language = LANGUAGES[path.suffix.lower().lstrip(".")]
    return Document(decode(path.read_bytes()), kind="code", title=path.name, language=language)
