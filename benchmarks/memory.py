"""Memory of the indexer by phase: resident, and of that anonymous, which no file backs, and what is mapped.

    python -m benchmarks.memory [--notes 4000] [--words 20] [--rest 90] [--saves 0] [--home DIR] [--json FILE]

Starts `python -m indexer` on so many notes of a passage each, follows what it says it is doing, saves one of
them again `--saves` times, and waits `--rest` seconds for what it lets go when nothing is to do. `--most`
seconds end the indexing early. Pages of the model's file and of libraries are the system's to take back, and
shared with the server.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path

import psutil

from benchmarks.homes import home_like
from benchmarks.report import table, verdict
from searcher import folders
from searcher.home import Home
from searcher.runtime import read_indexer_state

LOADED_BAR, IDLE_BAR = 450, 250  # MB
_WORDS = [
    f"{a}{b}" for a in ("bel", "kor", "mi", "tra", "sun", "ost") for b in ("mark", "ten", "ling", "dorf")
]


@dataclass(frozen=True)
class Memory:
    """Of a process, MB (Linux)."""

    resident: float = 0.0
    anonymous: float = 0.0
    model: float = 0.0  # resident pages of mapped model files
    libraries: float = 0.0  # ... of shared libraries
    reader: float = 0.0  # anonymous memory of the reading processes it has started, in all

    @classmethod
    def of(cls, pid: int) -> Memory:
        sizes = _status(pid)
        model = libraries = 0
        name = ""
        for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
            word, _, rest = line.partition(" ")
            if "-" in word and not word.endswith(":"):
                name = rest.rpartition(" ")[2]
            elif word == "Rss:":
                size = int(rest.split()[0])
                model += size if name.endswith(".gguf") else 0
                libraries += size if ".so" in name else 0
        readers = sum(_status(child.pid)["RssAnon"] for child in psutil.Process(pid).children(recursive=True))
        parts = (sizes["VmRSS"], sizes["RssAnon"], model, libraries, readers)
        return cls(*(size / 1024 for size in parts))

    def most(self, other: Memory) -> Memory:
        return Memory(*map(max, astuple(self), astuple(other)))


def _status(pid: int) -> dict[str, int]:
    """kB by name."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return {name: int(value[0]) for name, value in found.items() if name in ("VmRSS", "RssAnon")}


def text(dice: random.Random, words: int) -> str:
    return f"{' '.join(dice.choices(_WORDS, k=words))}.\n"


def write_notes(library: Path, notes: int, words: int) -> random.Random:
    """A passage each, `0.md` and so on; what the words were drawn with."""
    dice = random.Random(5)
    library.mkdir()
    for number in range(notes):
        (library / f"{number}.md").write_text(text(dice, words))
    return dice


def run(home: Home, library: Path, given: argparse.Namespace) -> dict[str, Memory]:
    """The most of each by phase, in the order of phases; `rested` is what is there in the end."""
    dice = write_notes(library, given.notes, given.words)
    folders.add(home, library)
    process = subprocess.Popen([sys.executable, "-m", "indexer", "--home", str(home.root)])
    seen: dict[str, Memory] = {}

    def look(name: str = "") -> str:
        state = read_indexer_state(home)
        phase = state.phase if state is not None else "starting"
        now = Memory.of(process.pid)
        if (name or phase) not in seen:
            print(f"{time.monotonic() - began:5.0f} s {name or phase}: {now.resident:.0f} MB", flush=True)
        seen[name or phase] = now.most(seen.get(name or phase, Memory()))
        is_done = state is not None and phase == "idle" and state.folders
        return "done" if is_done else phase

    began = time.monotonic()
    try:
        while look() != "done" and time.monotonic() - began < given.most:
            time.sleep(0.25)
        if look() != "done":
            state = read_indexer_state(home)
            print(f"ended early: {state.chunks_pending if state else given.notes} passages wait")
            return seen
        for _ in range(given.saves):
            (library / f"{dice.randrange(given.notes)}.md").write_text(text(dice, given.words))
            time.sleep(dice.uniform(0.5, 2.0))
            look("saving")
        end = time.monotonic() + given.rest
        while time.monotonic() < end:
            time.sleep(0.25)
            look()
        return seen | {"rested": Memory.of(process.pid)}
    finally:
        process.terminate()
        process.wait(30)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=4000)
    parser.add_argument("--words", type=int, default=20, help="of a note")
    parser.add_argument("--rest", type=float, default=90.0)
    parser.add_argument("--saves", type=int, default=0)
    parser.add_argument("--most", type=float, default=1800.0, help="seconds of indexing")
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = home_like(Home.locate(given.home), Path(place).resolve() / "home")
        os.environ |= {"HF_HUB_OFFLINE": "1", "SEARCHER_PRIORITY": "normal"}  # what else runs does not delay
        seen = run(home, Path(place).resolve() / "library", given)
    table(
        f"indexer, {given.notes} notes, MB",
        ["phase", *(field.name for field in fields(Memory))],
        [[phase, *(f"{size:.0f}" for size in astuple(memory))] for phase, memory in seen.items()],
    )
    most = max(memory.resident for memory in seen.values())
    rested = seen["rested"].resident if "rested" in seen else float("inf")
    print(f"\nloaded {verdict(most, LOADED_BAR, at_most=True)}, ", end="")
    print(f"at rest {verdict(rested, IDLE_BAR, at_most=True)}")
    if given.json:
        given.json.write_text(json.dumps({phase: asdict(memory) for phase, memory in seen.items()}, indent=1))
    return int(most > LOADED_BAR or rested > IDLE_BAR)


if __name__ == "__main__":
    sys.exit(main())
