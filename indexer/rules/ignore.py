"""Ignore files in git's syntax, fast enough to ask for every file of a large tree."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache

from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

_NAME = re.compile(r"(?P<not>!?)(?:\*\*/)?(?P<name>[\w.+@=%-]+)(?P<folder>/?)\s*\Z")
_ENDING = re.compile(r"(?P<not>!?)(?:\*\*/)?\*(?P<ending>\.[\w.+-]+)\s*\Z")
_GROUP = re.compile(r"\(\?P<\w+>")
_AT_ROOT = re.compile(r"!?/")
_ANYWHERE = "^(?:.+/)?"
_HEAD = re.compile(r"!?(?P<head>/?(?:[\w.+@=%-]+/)+)(?=.)")
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
        expressions = [line.regex.pattern for line in self._loose if line.regex]
        self.loose = re.compile("|".join(expressions)) if expressions else None

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
        matching.extend(line for line in self._loose if line.regex and line.regex.match(name + slash))
        for line in live:
            if line.folders_only and not is_folder:
                continue
            # a/** is what a folder holds, not the folder
            tail = "" if line.text.rstrip().endswith("/**") else slash
            if line.regex and line.regex.search(prefix + name + tail):
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
            try:
                pattern = GitIgnoreSpecPattern(text)
            except ValueError:  # git, too, passes over a line it cannot read
                return
            if pattern.include is not None and pattern.regex is not None:
                self._add_other(number, text, pattern.include, _itself(pattern.regex.pattern))

    def _add_other(self, number: int, text: str, ignores: bool, expression: str) -> None:
        if expression.startswith(_ANYWHERE) and "/" not in text.lstrip("!").rstrip(" /"):
            regex = re.compile(expression[len(_ANYWHERE) :])
            self._loose.append(Line(number, text, ignores, regex=regex))
            return
        literal = _HEAD.match(text)
        head = literal["head"].lstrip("/") if literal else ""
        folders_only = text.rstrip().endswith("/")
        steps = text.strip().lstrip("!").strip("/").split("/")
        depth = None if "**" in steps or (len(steps) == 1 and not _AT_ROOT.match(text)) else len(steps) - 1
        regex = re.compile(expression)
        self._anchored.append(Line(number, text, ignores, folders_only, regex, head, depth))


def _itself(expression: str) -> str:
    """Without matching what lies below a matched folder: that is decided by lines of its own."""
    plain = _GROUP.sub("(?:", expression)
    for tail, alone in (("(?:(?:/)|$)", "/?$"), ("(?:/)", "/$")):
        if plain.endswith(tail):
            return plain.removesuffix(tail) + alone
    return plain


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
        status = os.stat(path)
    except OSError:
        return None
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4096)
def _read(path: str, mtime_ns: int, size: int) -> Patterns | None:
    try:
        with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
            return Patterns(file.read(_LARGEST).split("\n"), path) or None
    except OSError:
        return None


@lru_cache(maxsize=256)
def compiled(globs: tuple[str, ...]) -> Patterns:
    """The include or exclude patterns of a library folder."""
    return Patterns(list(globs), "the folder's settings")
