"""Files change at random under a watching indexer and its readers; in the end the index is what is on disk.

    python -m benchmarks.soak [--seconds 180] [--changers 3] [--readers 2] [--seed 1] [--json FILE]

Several processes create, edit, truncate, replace, move, copy, delete and lock files, and rename folders, each
in its own part of the library and all of them in one they share. Others search without a pause. When it is
quiet again an oracle reads the file system by itself and compares: documents, the hash of each text, the
lines of each passage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.homes import home_like
from benchmarks.report import table
from searcher import folders
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.library import Library
from searcher.paths import from_stored
from searcher.runtime import read_indexer_state
from searcher.settings import Settings
from searcher.store import open_store

_WORDS = (
    "harbour",
    "lantern",
    "copper",
    "meadow",
    "ledger",
    "saddle",
    "walnut",
    "granite",
    "ferry",
    "compass",
    "orchard",
    "pigeon",
    "kettle",
    "anchor",
    "thistle",
    "marble",
    "violin",
    "barley",
    "chimney",
    "ribbon",
)
_SETTLE_SECONDS = 120.0


@dataclass
class Outcome:
    """`wrong` and `failed` (queries) are empty when all is well."""

    changes: Counter[str] = field(default_factory=Counter)
    queries: int = 0
    documents: int = 0
    passages: int = 0
    settled_seconds: float = 0.0
    failed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def run(
    home: Home, root: Path, *, seconds: float, changers: int = 3, readers: int = 2, seed: int = 1
) -> Outcome:
    """`home` holds the model; `root` does not exist yet."""
    for name in ("shared", *(f"part{number}" for number in range(changers))):
        (root / name).mkdir(parents=True)
    (root / "first.md").write_text(_text(random.Random(seed)))
    folders.add(home, root)
    logs = home.root.parent / "soak-logs"
    logs.mkdir(exist_ok=True)
    outcome = Outcome()
    watching = _process("indexer", "--home", str(home.root))
    try:
        _wait_idle(home, _SETTLE_SECONDS)
        others = []
        for number in range(changers):
            log = logs / f"changer{number}.json"
            others.append(
                (
                    log,
                    _process(
                        "benchmarks.soak",
                        "change",
                        str(root),
                        f"part{number}",
                        str(log),
                        str(seconds),
                        str(seed * 100 + number),
                    ),
                )
            )
        for number in range(readers):
            log = logs / f"reader{number}.json"
            others.append(
                (
                    log,
                    _process(
                        "benchmarks.soak",
                        "read",
                        str(home.root),
                        str(log),
                        str(seconds),
                        str(seed * 100 + 50 + number),
                    ),
                )
            )
        for log, process in others:
            if process.wait(seconds * 4 + 120):
                outcome.failed.append(f"{log.stem} ended with code {process.returncode}")
                continue
            told = json.loads(log.read_text())
            outcome.changes.update(told.get("changes", {}))
            outcome.queries += told.get("queries", 0)
            outcome.failed += told.get("failed", [])
        _unlock(root)
        began = time.monotonic()
        outcome.wrong = _settled(home, root)
        outcome.settled_seconds = round(time.monotonic() - began, 1)
        if watching.poll() is not None:
            outcome.failed.append(f"the indexer ended with code {watching.returncode}")
    finally:
        watching.terminate()
        watching.wait(60)
    store = open_store(home, None)
    outcome.documents, outcome.passages = store.documents(), store.count()
    return outcome


def _settled(home: Home, root: Path) -> list[str]:
    """What is still wrong once the indexer has rested, looked at until nothing is or time is up."""
    end = time.monotonic() + _SETTLE_SECONDS
    while True:
        time.sleep(1)
        _wait_idle(home, max(end - time.monotonic(), 1))
        wrong = differences(home, root)
        if not wrong or time.monotonic() > end:
            return wrong


def differences(home: Home, root: Path) -> list[str]:
    """Between the table and the files as this reads them, with none of the indexer's code."""
    there = {
        str(path): path.read_bytes()
        for path in root.rglob("*")
        if path.suffix in (".md", ".txt") and path.is_file() and not path.is_symlink()
    }
    columns = ["id", "path", "doc_hash", "text", "line_start", "line_end", "ordinal", "mtime_ns", "vector"]
    rows = open_store(home, None).table.search().select(columns).limit(10_000_000).to_list()
    wrong = []
    documents: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        documents.setdefault(str(from_stored(row["path"])), []).append(row)
    named = {path for path, data in there.items() if data.strip()}
    wrong += [f"missing: {path}" for path in sorted(named - documents.keys())]
    wrong += [f"not on disk: {path}" for path in sorted(documents.keys() - named)]
    for path in sorted(named & documents.keys()):
        lines = there[path].decode().splitlines()
        own = sorted(documents[path], key=lambda row: str(row["ordinal"]).zfill(6))
        if [row["ordinal"] for row in own] != list(range(len(own))):
            wrong.append(f"passages of {path}: {[row['ordinal'] for row in own]}")
        if {row["doc_hash"] for row in own} != {hashlib.blake2b(there[path], digest_size=16).hexdigest()}:
            wrong.append(f"another content: {path}")
            continue
        for row in own:
            span = "\n".join(lines[int(str(row["line_start"])) - 1 : int(str(row["line_end"]))])
            if "".join(str(row["text"]).split()) not in "".join(span.split()):
                wrong.append(f"lines {row['line_start']}-{row['line_end']} of {path} hold other text")
            if row["vector"] is None:
                wrong.append(f"no vector: {row['id']} of {path}")
    return wrong


def _wait_idle(home: Home, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        state = read_indexer_state(home)
        if state and state.phase == "idle" and state.folders and not state.chunks_pending:
            return
        time.sleep(0.2)


def _unlock(root: Path) -> None:
    for path in [root, *root.rglob("*")]:
        with suppress(OSError):
            path.chmod(0o755 if path.is_dir() else 0o644)


def _process(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen([sys.executable, "-m", module, *arguments], env=environment)


class Changer:
    """One process's share of the trouble, from one seeded die."""

    def __init__(self, root: Path, own: str, seed: int) -> None:
        self._root, self._dice, self._own, self._made = root, random.Random(seed), own, 0
        self.changes: Counter[str] = Counter()

    def change(self) -> None:
        actions = (
            self.create,
            self.edit,
            self.append,
            self.replace,
            self.move,
            self.copy,
            self.delete,
            self.lock,
            self.rename_folder,
            self.move_folder_out,
        )
        action = self._dice.choices(actions, (6, 5, 3, 4, 4, 2, 4, 2, 1, 1))[0]
        with suppress(OSError, IndexError):  # another process was quicker, or there is nothing yet
            action()
            self.changes[action.__name__] += 1

    def _files(self) -> list[Path]:
        mine = [*(self._root / self._own).rglob("*.md"), *(self._root / "shared").rglob("*.md")]
        return sorted(mine)

    def _any(self) -> Path:
        return self._dice.choice(self._files())

    def _place(self) -> Path:
        folder = self._root / self._dice.choice((self._own, self._own, "shared")) / self._dice.choice("abc")
        folder.mkdir(exist_ok=True)
        self._made += 1
        return folder / f"{self._own}-{self._made}.md"

    def create(self) -> None:
        self._place().write_text(_text(self._dice))

    def edit(self) -> None:
        self._any().write_text(_text(self._dice))

    def append(self) -> None:
        with self._any().open("a") as file:
            file.write(_text(self._dice))

    def replace(self) -> None:
        path = self._any()
        beside = path.with_suffix(".tmp~")
        beside.write_text(_text(self._dice))
        beside.replace(path)

    def move(self) -> None:
        self._any().rename(self._place())

    def copy(self) -> None:
        shutil.copy(self._any(), self._place())

    def delete(self) -> None:
        if len(self._files()) > 15:
            self._any().unlink()

    def lock(self) -> None:
        self._any().chmod(self._dice.choice((0o000, 0o644, 0o400)))

    def rename_folder(self) -> None:
        self._made += 1
        folder = self._any().parent
        if folder.parent != self._root:
            folder.rename(folder.with_name(f"{self._own}-folder-{self._made}"))

    def move_folder_out(self) -> None:
        """Out of the library and back in elsewhere."""
        self._made += 1
        folder = self._any().parent
        if folder.parent != self._root:
            outside = self._root.with_name(f"outside-{self._own}-{self._made}")
            folder.rename(outside)
            time.sleep(self._dice.random() * 2)
            outside.rename(self._root / self._own / f"back-{self._made}")


def _text(dice: random.Random) -> str:
    parts = []
    for _ in range(dice.randint(1, 5)):
        words = " ".join(dice.choices(_WORDS, k=dice.randint(5, 30)))
        parts.append(f"# {dice.choice(_WORDS).title()}\n\nOn day {dice.randrange(10**6)} {words}.\n\n")
    return "".join(parts)


def _change(root: str, own: str, log: str, seconds: str, seed: str) -> None:
    changer, dice = Changer(Path(root), own, int(seed)), random.Random(int(seed) + 7)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        for _ in range(dice.choice((1, 1, 1, 2, 10, 30))):
            changer.change()
        time.sleep(dice.choice((0.0, 0.1, 0.5, 1.0, 2.0)))
    Path(log).write_text(json.dumps({"changes": changer.changes}))


def _read(home: str, log: str, seconds: str, seed: str) -> None:
    dice, queries, failed = random.Random(int(seed)), 0, list[str]()
    end = time.monotonic() + float(seconds)
    with Library(Home(Path(home)), Settings(hub=False)) as library:
        while time.monotonic() < end:
            query = " ".join(dice.choices(_WORDS, k=dice.randint(1, 4)))
            mode = dice.choice(("hybrid", "words", "meaning"))
            try:
                library.search(query, mode=mode)
                queries += 1
            except (SearcherError, RuntimeError, OSError, ValueError) as error:
                failed.append(f"{mode} {query!r}: {type(error).__name__} {str(error)[:300]}")
            time.sleep(dice.choice((0.0, 0.02, 0.2)))
    Path(log).write_text(json.dumps({"queries": queries, "failed": failed}))


def main() -> int:
    if sys.argv[1:2] == ["change"]:
        _change(*sys.argv[2:])
        return 0
    if sys.argv[1:2] == ["read"]:
        _read(*sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--changers", type=int, default=3)
    parser.add_argument("--readers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the outcome to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = home_like(Home.locate(given.home), Path(place) / "home")
        outcome = run(
            home,
            Path(place).resolve() / "library",
            seconds=given.seconds,
            changers=given.changers,
            readers=given.readers,
            seed=given.seed,
        )
    table(
        f"{given.seconds:g} s of changes: {sum(outcome.changes.values())}, of queries: {outcome.queries}",
        ["change", "times"],
        [[name, str(count)] for name, count in outcome.changes.most_common()],
    )
    print(
        f"{outcome.documents} documents, {outcome.passages} passages; settled in {outcome.settled_seconds} s"
    )
    for line in [*outcome.failed[:10], *outcome.wrong[:20]]:
        print(f"  {line}")
    print(
        f"{len(outcome.failed)} failed queries or processes, {len(outcome.wrong)} differences from the disk"
    )
    if given.json:
        given.json.write_text(json.dumps(vars(outcome), indent=1))
    return int(bool(outcome.wrong or outcome.failed))


if __name__ == "__main__":
    sys.exit(main())
