"""The rules as they stand in one directory."""

from __future__ import annotations

import os
import stat
from collections.abc import Container
from typing import NamedTuple

from indexer.formats.media import excerpt
from indexer.rules import ignore
from indexer.rules.builtin import TELLTALES, skipped_file, skipped_folder
from searcher.folders import Folder
from searcher.home import Home
from searcher.objects import is_address
from searcher.settings import Settings
from searcher.system import is_below

GITIGNORE, SEARCHERIGNORE = ".gitignore", ".searcherignore"
SPEAKING = frozenset({GITIGNORE, SEARCHERIGNORE, *TELLTALES})  # names that change what a directory means

_MEGABYTE = 1_000_000


class FileEntry(NamedTuple):
    """A file to look at. `path` may hold undecodable bytes as surrogates; times are nanoseconds."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int  # of the last change of any kind, where the system keeps it; else of the making
    device: int = 0

    @classmethod
    def of(cls, path: str, status: os.stat_result) -> FileEntry:
        return cls(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_dev)


class Skipped(NamedTuple):
    """A file or folder left out, the rule that did it, and a reason a person understands."""

    path: str
    rule: str  # hidden | built-in | .gitignore | .searcherignore | exclude | include | size | link | ...
    reason: str
    is_folder: bool = False


class _Source(NamedTuple):
    """An ignore file as seen from one directory."""

    patterns: ignore.Patterns
    prefix: str  # from the ignore file's own directory to this one, "a/b/" or ""
    live: tuple[ignore.Line, ...]

    @classmethod
    def at(cls, patterns: ignore.Patterns, prefix: str = "") -> _Source:
        return cls(patterns, prefix, patterns.live(prefix))

    def decide(self, name: str, is_folder: bool) -> ignore.Line | None:
        return self.patterns.decide(name, self.prefix, is_folder, self.live)


class Judge:
    """Decides for the entries of one directory; `below` gives the judge of a folder in it."""

    __slots__ = (
        "_endings",
        "_exclude",
        "_folder",
        "_git",
        "_hidden",
        "_home",
        "_include",
        "_live",
        "_loose",
        "_most",
        "_names",
        "_own",
    )

    def __init__(self, folder: Folder, settings: Settings, home: Home | None) -> None:
        self._folder = folder
        self._hidden = settings.hidden
        self._most = int(settings.max_file_mb * _MEGABYTE)
        self._home = os.path.realpath(home.root) if home else None
        self._include = _Source.at(ignore.compiled(folder.include)) if folder.include else None
        self._exclude = _Source.at(ignore.compiled(folder.exclude)) if folder.exclude else None
        self._git = () if is_address(folder.path) else _from_above(folder.path)
        self._own: tuple[_Source, ...] = ()
        self._gather()

    def entered(self, directory: str, names: Container[str]) -> Judge:
        """With the ignore files that stand in `directory` itself."""
        if GITIGNORE not in names and SEARCHERIGNORE not in names:
            return self
        judge = self._copy()
        if GITIGNORE in names and (patterns := ignore.read(os.path.join(directory, GITIGNORE))):
            judge._git = (_Source.at(patterns), *self._git)
        if SEARCHERIGNORE in names and (patterns := ignore.read(os.path.join(directory, SEARCHERIGNORE))):
            judge._own = (_Source.at(patterns), *self._own)
        judge._gather()
        return judge

    def below(self, name: str) -> Judge:
        """For the folder `name` in this directory, before its own ignore files."""
        judge = self._copy()
        judge._git = tuple(_Source.at(s.patterns, f"{s.prefix}{name}/") for s in self._git)
        judge._own = tuple(_Source.at(s.patterns, f"{s.prefix}{name}/") for s in self._own)
        if self._include is not None:
            judge._include = _Source.at(self._include.patterns, f"{self._include.prefix}{name}/")
        if self._exclude is not None:
            judge._exclude = _Source.at(self._exclude.patterns, f"{self._exclude.prefix}{name}/")
        judge._live = any(s.live for s in (*judge._git, *judge._own))
        return judge

    @property
    def most(self) -> int:
        """Bytes of the largest file that is read."""
        return self._most

    def _gather(self) -> None:
        """What any ignore file mentions, to tell quickly that none mentions a name."""
        every = (*self._git, *self._own)
        self._names = frozenset(name for s in every for name in s.patterns.names)
        self._endings = frozenset(ending for s in every for ending in s.patterns.endings)
        self._loose = tuple(regex for s in every for regex in s.patterns.loose)
        self._live = any(s.live for s in every)

    def _mentioned(self, name: str) -> bool:
        if self._live or name in self._names:
            return True
        if self._endings:
            at = name.find(".")
            while at >= 0:
                if name[at:] in self._endings:
                    return True
                at = name.find(".", at + 1)
        folder = name + "/"  # what matches a file matches a folder of its name
        return any(regex.search(folder) for regex in self._loose)

    def name(self, path: str, name: str, is_folder: bool, beside: Container[str]) -> Skipped | None:
        """What the name alone decides; `beside` are the directory's names that matter for folders."""
        if self._exclude is not None:
            line = self._exclude.decide(name, is_folder)
            if line is not None and line.ignores:
                return Skipped(path, "exclude", f"excluded in the library by {line.text}", is_folder)
        if is_folder and path == self._home:
            return Skipped(path, "home", "searcher's own data", True)
        mentioned = (self._git or self._own) and self._mentioned(name)
        if mentioned and self._own:
            source, line = _decide(self._own, name, is_folder)
            if line is not None:
                return _ignored(path, SEARCHERIGNORE, source, line, is_folder) if line.ignores else None
        skipped = self._weakest(path, name, is_folder, beside)
        if skipped is None and mentioned:
            source, line = _decide(self._git, name, is_folder)
            if line is not None and line.ignores:
                skipped = _ignored(path, GITIGNORE, source, line, is_folder)
        return skipped if self._include is None else self._narrowed(path, name, is_folder, skipped)

    def _narrowed(self, path: str, name: str, is_folder: bool, skipped: Skipped | None) -> Skipped | None:
        """Include patterns leave out what they do not name, and bring back built-in skips they do name."""
        assert self._include is not None
        if is_folder:
            return None if skipped and any(name in g.split("/") for g in self._folder.include) else skipped
        line = self._include.decide(name, False)
        if line is None or not line.ignores:
            return skipped or Skipped(path, "include", "not among the folder's included patterns")
        return None if skipped and skipped.rule == "built-in" and "." in line.text else skipped

    def stat(self, path: str, status: os.stat_result) -> FileEntry | Skipped:
        """What the kind and the size of a file decide."""
        mode = status.st_mode
        if not stat.S_ISREG(mode):
            if stat.S_ISLNK(mode):
                return Skipped(path, "link", _where_to(path, self._folder.path))
            return Skipped(path, "special", "a device, pipe or socket, not a file")
        if status.st_size > self._most and not excerpt.applies(path):
            size = status.st_size / _MEGABYTE
            return Skipped(
                path, "size", f"{size:.0f} MB is over max_file_mb, which is {self._most / _MEGABYTE:g}"
            )
        return FileEntry.of(path, status)

    def inside(self, directory: str, names: Container[str]) -> Skipped | None:
        """Why a folder is left out for what it holds."""
        for name, what in TELLTALES.items():
            if name in names and directory != self._folder.path:
                return Skipped(directory, "built-in", f"{what}, by the {name} in it", True)
        return None

    def _weakest(self, path: str, name: str, is_folder: bool, beside: Container[str]) -> Skipped | None:
        if name[0] == "." and not self._hidden:
            return Skipped(path, "hidden", "hidden files are off", is_folder)
        reason = skipped_folder(name, beside) if is_folder else skipped_file(name)
        return Skipped(path, "built-in", reason, is_folder) if reason else None

    def _copy(self) -> Judge:
        judge = object.__new__(Judge)
        for slot in Judge.__slots__:
            setattr(judge, slot, getattr(self, slot))
        return judge


def _decide(
    sources: tuple[_Source, ...], name: str, is_folder: bool
) -> tuple[_Source | None, ignore.Line | None]:
    """The nearest ignore file that mentions the entry decides, as in git."""
    for source in sources:
        line = source.decide(name, is_folder)
        if line is not None:
            return source, line
    return None, None


def _ignored(path: str, rule: str, source: _Source | None, line: ignore.Line, is_folder: bool) -> Skipped:
    return Skipped(
        path, rule, f"ignored by {line.text} in {source.patterns.source if source else rule}", is_folder
    )


def _from_above(folder: str) -> tuple[_Source, ...]:
    """The .gitignore files between the folder and the root of the repository it lies in, nearest first."""
    sources: list[_Source] = []
    at, prefix = folder, ""
    while not os.path.lexists(os.path.join(at, ".git")):
        above, name = os.path.split(at)
        if above == at:
            return ()
        at, prefix = above, f"{name}/{prefix}"
        if patterns := ignore.read(os.path.join(at, GITIGNORE)):
            sources.append(_Source.at(patterns, prefix))
    if exclude := ignore.read(os.path.join(at, ".git", "info", "exclude")):
        sources.append(_Source.at(exclude, prefix))
    return tuple(sources)


def _where_to(path: str, folder: str) -> str:
    try:
        target = os.path.realpath(path, strict=True)
    except OSError:
        return "a link that leads nowhere or in a circle"
    if target == folder or is_below(target, folder):
        return "a link to something in the same folder, which is indexed where it lies"
    return "a link that leads out of the folder"
