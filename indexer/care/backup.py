"""A copy of everything a home keeps, made while nothing writes, and put in place again.

Left out is what belongs to one machine or can be had again: model files, logs, the token, the run folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from indexer.running.lock import writing
from searcher import system
from searcher.errors import SearcherError, UsageError
from searcher.home import Home
from searcher.package import version
from searcher.runtime import read_server

_MANIFEST = "searcher-backup.json"
_FORMAT = 1


def backup(home: Home, target: Path) -> dict[str, Any]:
    """{"path", "bytes", "files"}. Raises IndexLocked while another process writes, SearcherError when the
    file cannot be written."""
    with writing(home):
        return backup_held(home, target)


def backup_held(home: Home, target: Path) -> dict[str, Any]:
    """As `backup`, for the process that holds the writer's lock and has nothing open."""
    if target.resolve().is_relative_to(home.root.resolve()):
        raise UsageError(f"{target} lies in the home itself; choose a place outside it")
    count = 0
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        part = Path(name)
        try:
            with tarfile.open(part, "w:gz" if target.suffix in (".gz", ".tgz") else "w") as archive:
                archive.addfile(*_manifest(home))
                for file, inside in _contents(home):
                    archive.add(file, inside, recursive=False)
                    count += file.is_file()
                for database in _databases(home):
                    if database.exists():
                        _add_database(home, database, archive)
                        count += 1
            system.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
        return {"path": str(target), "bytes": target.stat().st_size, "files": count}
    except OSError as error:
        raise SearcherError(f"cannot write {target}: {error.strerror or error}; nothing was left") from error


def restore(home: Home, source: Path) -> dict[str, Any]:
    """Put a backup in place of what the home keeps: {"path", "made", "version"}. All of it or nothing.

    Raises SearcherError for a file that is no backup, and while searcher runs in this home."""
    if server := read_server(home):
        raise SearcherError(f"searcher runs at {server['url']}; stop it, then restore")
    home.create()
    with writing(home):
        new, old = home.restored, home.replaced
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            manifest = _unpacked(home, source, new)
            _exchange(home, new, old)
        finally:
            for folder in (new, old):
                shutil.rmtree(folder, ignore_errors=True)
    return {"path": str(source), "made": manifest["made"], "version": manifest["version"]}


def _manifest(home: Home) -> tuple[tarfile.TarInfo, Any]:
    import io

    content = {"format": _FORMAT, "version": version(), "made": time.strftime("%Y-%m-%d %H:%M")}
    data = json.dumps(content).encode()
    info = tarfile.TarInfo(_MANIFEST)
    info.size, info.mtime, info.mode = len(data), int(time.time()), 0o600
    return info, io.BytesIO(data)


def _small_files(home: Home) -> tuple[Path, ...]:
    return home.settings, home.folders, home.forgotten, home.growth, home.page


def _contents(home: Home) -> Iterator[tuple[Path, str]]:
    """Files, and their names in the archive."""
    for file in _small_files(home):
        if file.is_file():
            yield file, file.name
    for file in home.index_files():
        yield file, file.relative_to(home.root).as_posix()
    for file in home.model_arrays():
        yield file, file.relative_to(home.root).as_posix()


def _databases(home: Home) -> tuple[Path, Path]:
    """What was recognised took hours, and is of the files that the index tells of."""
    return home.catalogue, home.recognised


def _add_database(home: Home, database: Path, archive: tarfile.TarFile) -> None:
    """By SQLite's own copy, which is whole whoever reads meanwhile."""
    with tempfile.TemporaryDirectory(dir=home.run) as folder:
        copy = Path(folder) / database.name
        with closing(sqlite3.connect(database)) as live, closing(sqlite3.connect(copy)) as out:
            live.backup(out)
        archive.add(copy, database.name)


def _unpacked(home: Home, source: Path, place: Path) -> dict[str, Any]:
    """The manifest of a backup whose files lie in `place` now. Raises SearcherError."""
    try:
        with tarfile.open(source) as archive:
            members = archive.getmembers()
            if not members or members[0].name != _MANIFEST:
                raise SearcherError(f"{source} is no backup of searcher")
            manifest = json.load(archive.extractfile(members[0]))  # type: ignore[arg-type]
            if manifest.get("format") != _FORMAT:
                raise SearcherError(f"{source} was made by a newer searcher; upgrade, then restore")
            for member in members[1:]:
                if not (member.isfile() or member.isdir()) or not _belongs(home, member.name):
                    raise SearcherError(f"{source} holds {member.name!r}, which is no part of a backup")
            archive.extractall(place, members[1:], filter="data")
            return dict(manifest)
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise SearcherError(f"{source} is no whole backup of searcher: {error}") from error
    except OSError as error:
        raise SearcherError(f"cannot restore {source}: {error.strerror or error}") from error


def _belongs(home: Home, name: str) -> bool:
    first, *rest = PurePosixPath(name).parts
    if not rest and first != home.index.name:
        return first in {file.name for file in (*_small_files(home), *_databases(home))}
    inside = first == home.index.name or (first == home.models.name and name.endswith((".npy", ".npz")))
    return inside and ".." not in rest


def _exchange(home: Home, new: Path, old: Path) -> None:
    """The pointer to the live table goes first and comes last: in between there is no index, never half of
    one. What fails is taken back."""
    old.mkdir(mode=0o700)
    taken: list[Path] = []
    try:
        recognised = [home.recognised] if (new / home.recognised.name).exists() else []
        for place in (*_small_files(home), *home.catalogue_parts, home.catalogue, *recognised, home.index):
            if place.exists():
                system.replace(place, old / place.name)
                taken.append(place)
        for file in Home(new).model_arrays():
            system.replace(file, home.model(file.name))
        for place in (home.index, *_databases(home), *_small_files(home)):
            if (new / place.name).exists():
                system.replace(new / place.name, place)
        home.create()
    except OSError as error:
        for place in reversed(taken):
            with suppress(OSError):
                if place.is_dir():
                    shutil.rmtree(place, ignore_errors=True)
                system.replace(old / place.name, place)
        raise SearcherError(
            f"cannot restore: {error.strerror or error}; what was there is in place again"
        ) from error
