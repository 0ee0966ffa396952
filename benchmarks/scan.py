"""A pass over an unchanged tree, against a bare os.scandir walk with stat.

Alternating repetitions in one run; the ratio is of the medians. "pass" is what the indexer does: the walk
under all rules, compared with the SQLite catalogue that is read anew each time. The bar for it is 3."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from indexer.catalogue import Catalogue, FileRow
from indexer.changes.discovery import walk
from indexer.changes.scan import scan
from indexer.rules import FileEntry
from indexer.summary import Summary
from searcher.folders import Folder
from searcher.home import Home
from searcher.paths import to_stored
from searcher.settings import Settings

IGNORED = "*.log\n!keep.log\n/generated/\ndocs/**/draft-*\n*.py[co]\ntmp/\n"


def make_tree(root: Path, files: int) -> None:
    """Files of a few bytes, a hundred a folder, three levels deep, with ignore files here and there."""
    root.mkdir()
    (root / ".gitignore").write_text(IGNORED)
    for number in range(files):
        folder = root / f"area{number // 10_000}" / f"part{number // 1000 % 10}" / f"set{number // 100 % 10}"
        if number % 100 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"note-{number}.{('md', 'txt', 'py', 'pdf')[number % 4]}").write_bytes(b"x")
    for area in sorted(root.iterdir()):
        if area.is_dir():
            (area / ".gitignore").write_text("*.bak\nnode_modules/\n")


def bare(root: Path) -> int:
    pending, seen = [str(root)], 0
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    entry.stat(follow_symlinks=False)
                    seen += 1
    return seen


def ruled(folder: Folder, home: Home, settings: Settings) -> int:
    return sum(isinstance(entry, FileEntry) for entry in walk(folder, home=home, settings=settings))


def catalogued(folder: Folder, home: Home, settings: Settings) -> Catalogue:
    """A catalogue that knows every file of the tree as indexed."""
    catalogue = Catalogue(home)
    catalogue.put(
        FileRow(
            to_stored(e.path), folder.path, e.size, e.mtime_ns, e.device, hash="00" * 16, kind="txt", chunks=1
        )
        for e in walk(folder, home=home, settings=settings)
        if isinstance(e, FileEntry)
    )
    return catalogue


def unchanged(folder: Folder, catalogue: Catalogue, home: Home, settings: Settings) -> int:
    summary = Summary()
    changes = scan([folder], catalogue, home, settings, summary)
    assert not (changes.tasks or changes.moved or changes.gone), "the tree changed"
    return summary.unchanged


def timed(run: Callable[[], object], into: list[float]) -> None:
    started = time.perf_counter()
    run()
    into.append(time.perf_counter() - started)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--files", type=int, default=100_000)
    arguments.add_argument("--repeat", type=int, default=5)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        root, home = Path(place).resolve() / "tree", Home(Path(place).resolve() / "home").create()
        settings, folder = Settings(), Folder(str(root))
        make_tree(root, given.files)
        catalogue = catalogued(folder, home, settings)
        times: dict[str, list[float]] = {"bare": [], "rules": [], "pass": []}
        for _ in range(given.repeat):
            timed(lambda: bare(root), times["bare"])
            timed(lambda: ruled(folder, home, settings), times["rules"])
            timed(lambda: unchanged(folder, catalogue, home, settings), times["pass"])
        catalogue.close()
    base = statistics.median(times["bare"])
    result = {
        "files": given.files,
        "seconds": {name: round(statistics.median(t), 4) for name, t in times.items()},
        "ratio": {name: round(statistics.median(t) / base, 2) for name, t in times.items()},
    }
    for name in times:
        print(f"{name:22} {result['seconds'][name]:8.3f} s  {result['ratio'][name]:5.2f}x")  # type: ignore[index]
    if given.json:
        given.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
