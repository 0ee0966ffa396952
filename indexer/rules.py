"""Which files are read at all. Every rule applies before a byte is read, and every skip names its rule."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

import pathspec

SKIPPED_FOLDERS = frozenset({
    "node_modules", "__pycache__", "venv", "env", "site-packages", "bower_components", "target",
    "dist", "build", "DerivedData", "Pods", "vendor", "$RECYCLE.BIN", "System Volume Information",
})  # fmt: skip
SKIPPED_EXTENSIONS = frozenset({
    "7z", "a", "aac", "ai", "apk", "app", "avi", "bin", "bmp", "bz2", "cab", "class", "dat", "db",
    "deb", "dll", "dmg", "dylib", "ear", "eot", "exe", "flac", "gguf", "gif", "gz", "ico", "img",
    "iso", "jar", "jpeg", "jpg", "lance", "lib", "lz4", "m4a", "m4v", "mkv", "mov", "mp3", "mp4",
    "mpeg", "mpg", "msi", "npy", "npz", "o", "obj", "ogg", "onnx", "otf", "parquet", "pdb",
    "pickle", "pkl", "png", "psd", "pyc", "pyd", "pyo", "rar", "rpm", "safetensors", "so", "sqlite",
    "sqlite3", "svgz", "swf", "swp", "tar", "tgz", "tif", "tiff", "ttf", "wasm", "wav", "webm",
    "webp", "whl", "wmv", "woff", "woff2", "xz", "zst",
})  # fmt: skip
IGNORE_FILES = (".gitignore", ".searcherignore")


@dataclass(frozen=True, slots=True)
class Found:
    """A file to look at."""

    path: str
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder left out, and the rule that did it."""

    path: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """The patterns of one ignore file and the folder they are relative to."""

    base: str
    source: str
    spec: pathspec.GitIgnoreSpec

    def verdict(self, path: str, *, is_folder: bool) -> bool | None:
        """True: ignored. False: brought back by a `!` pattern. None: not mentioned."""
        relative = os.path.relpath(path, self.base).replace(os.sep, "/")
        return self.spec.check_file(relative + "/" if is_folder else relative).include


def read_ignores(folder: str) -> tuple[Ignore, ...]:
    """The ignore files that stand in one folder."""
    found = []
    for name in IGNORE_FILES:
        source = os.path.join(folder, name)
        try:
            with open(source, encoding="utf-8", errors="replace") as lines:
                found.append(Ignore(folder, source, pathspec.GitIgnoreSpec.from_lines(lines)))
        except (OSError, ValueError):
            continue
    return tuple(found)


def skip_by_ignore(path: str, ignores: tuple[Ignore, ...], *, is_folder: bool) -> Skipped | None:
    """The last file that mentions a path decides, as in git."""
    for ignore in reversed(ignores):
        verdict = ignore.verdict(path, is_folder=is_folder)
        if verdict is not None:
            return Skipped(path, ignore.source, f"ignored by {ignore.source}") if verdict else None
    return None


def skip_by_name(path: str, name: str, *, is_folder: bool, hidden: bool) -> Skipped | None:
    if name.startswith(".") and not hidden:
        return Skipped(path, "hidden", "hidden files are off")
    if is_folder:
        if name in SKIPPED_FOLDERS:
            return Skipped(path, "built-in", f"folders named {name} hold what programs made")
    elif name.rpartition(".")[2].lower() in SKIPPED_EXTENSIONS and "." in name:
        return Skipped(path, "built-in", "a binary format without text")
    return None


def skip_by_globs(path: str, root: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> Skipped | None:
    relative = os.path.relpath(path, root).replace(os.sep, "/")
    if exclude and compiled(exclude).match_file(relative):
        return Skipped(path, "exclude", "excluded in the library's folder settings")
    if include and not compiled(include).match_file(relative):
        return Skipped(path, "include", "not among the folder's included patterns")
    return None


@lru_cache(maxsize=256)
def compiled(patterns: tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    return pathspec.GitIgnoreSpec.from_lines(patterns)
