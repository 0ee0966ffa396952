"""Ignore files in git's syntax, fast enough to ask for every file of a large tree."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from searcher.system import reachable

_NAME = re.compile(r"(?P<not>!?)(?:\*\*/)?(?P<name>[\w.+@=%-]+)(?P<folder>/?)\s*\Z")
_ENDING = re.compile(r"(?P<not>!?)(?:\*\*/)?\*(?P<ending>\.[\w.+-]+)\s*\Z")
_HEAD = re.compile(r"!?(?P<head>/?(?:[\w.+@=%-]+/)+)(?=.)")
_END = "/\0"  # no file is called so: what ends with it in a path and in a pattern ends in both at one place
_LARGEST = 1_000_000  # bytes of an ignore file


@dataclass(frozen=True, slots=True)
class Line:
    """One pattern. The last line of a file that matches decides."""

    number: int
    text: str
    ignores: bool
    folders_only: bool = False
    regex: re.Pattern[str] | None = None  # None: by name or ending alone
    head: str = ""  # literal folders a path must begin with: "docs/" of docs/**/draft-*
    depth: int | None = None  # folders above what it can match: 0 of /out, 1 of docs/*.md, None of a/**/b
    below: bool = False  # a/** is what a folder holds, not the folder


class Patterns:
    """The lines of one ignore file, sorted by what it takes to try them."""

    __slots__ = ("_anchored", "_loose", "endings", "loose", "names", "source")

    def __init__(self, lines: list[str], source: str) -> None:
        self.source = source
        self.names: dict[str, list[Line]] = {}  # node_modules, Thumbs.db, build/
        self.endings: dict[str, list[Line]] = {}  # *.log
        self._loose: list[Line] = []  # *.py[co], draft-*: by the name, but not by a dictionary
        self._anchored: list[Line] = []  # /out, docs/**/draft-*: by the path
        for number, text in enumerate(lines):
            self._add(number, text.rstrip("\r\n"))
        self.loose = tuple(line.regex for line in self._loose if line.regex)

    def __bool__(self) -> bool:
        return bool(self.names or self.endings or self._loose or self._anchored)

    def live(self, prefix: str) -> tuple[Line, ...]:
        """The anchored lines that can match something right below `prefix`, "" or "a/b/"."""
        return tuple(
            line
            for line in self._anchored
            if (line.depth is None or line.depth == prefix.count("/"))
            and (prefix.startswith(line.head) or line.head.startswith(prefix))
        )

    def decide(self, name: str, prefix: str, is_folder: bool, live: tuple[Line, ...]) -> Line | None:
        """The line that decides for a file or folder `name` in `prefix`, a path below the ignore file."""
        slash = "/" if is_folder else ""
        matching = [line for line in self.names.get(name, ()) if is_folder or not line.folders_only]
        for ending in endings_of(name):
            matching.extend(self.endings.get(ending, ()))
        matching.extend(line for line in self._loose if line.regex and line.regex.search(name + slash))
        for line in live:
            if line.folders_only and not is_folder:
                continue
            if line.regex and line.regex.search(prefix + name + ("" if line.below else _END)):
                matching.append(line)
        return max(matching, key=lambda line: line.number) if matching else None

    def _add(self, number: int, text: str) -> None:
        if not text.strip() or text.startswith("#"):
            return
        if by_name := _NAME.match(text):
            line = Line(number, text, not by_name["not"], bool(by_name["folder"]))
            self.names.setdefault(by_name["name"], []).append(line)
        elif by_ending := _ENDING.match(text):
            line = Line(number, text, not by_ending["not"])
            self.endings.setdefault(by_ending["ending"], []).append(line)
        else:
            self._add_other(number, text)

    def _add_other(self, number: int, text: str) -> None:
        """What lies below a matched folder is decided by lines of its own, so a line matches a path alone."""
        if _regex(text) is None:
            return
        body = text if text.endswith("\\ ") else text.rstrip()
        ignores = not body.startswith("!")
        body = body.removeprefix("!")
        folders_only, body = body.endswith("/"), body.removesuffix("/")
        if "/" not in body:  # at any depth, so asked of names
            regex = _regex(f"/{body}{'/' if folders_only else ''}")
            self._loose.append(Line(number, text, ignores, regex=regex))
            return
        literal = _HEAD.match(text)
        head = literal["head"].lstrip("/") if literal else ""
        steps = body.strip("/").split("/")
        depth = None if "**" in steps else len(steps) - 1
        below = steps[-1] == "**"
        regex = _regex(body if below else body + _END)
        self._anchored.append(Line(number, text, ignores, folders_only, regex, head, depth, below))


def _regex(text: str) -> re.Pattern[str] | None:
    """None for a line that says nothing; git, too, passes over one that it cannot read."""
    try:
        return GitIgnoreSpecPattern(text).regex
    except ValueError:
        return None


def endings_of(name: str) -> list[str]:
    """ "a.tar.gz" -> [".tar.gz", ".gz"]"""
    endings = []
    at = name.find(".")
    while at >= 0:
        endings.append(name[at:])
        at = name.find(".", at + 1)
    return endings


def read(path: str) -> Patterns | None:
    """The patterns of an ignore file, or None when there is none to read. Remembered until it changes."""
    try:
        status = os.stat(reachable(path))
    except OSError:
        return None
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _read(path: str, mtime_ns: int, size: int) -> Patterns | None:
    try:
        with open(reachable(path), encoding="utf-8-sig", errors="surrogateescape") as file:
            return Patterns(file.read(_LARGEST).split("\n"), path) or None
    except OSError:
        return None


@lru_cache(maxsize=256)
def compiled(globs: tuple[str, ...]) -> Patterns:
    """The include or exclude patterns of a library folder."""
    return Patterns(list(globs), "the folder's settings")
