"""Memory of the indexer by phase: resident, and of that anonymous, which no file backs.

    python -m benchmarks.memory [--notes 4000] [--rest 90] [--home DIR] [--json FILE]

Starts `python -m indexer` on so many notes of a paragraph each, follows what it says it is doing, and waits
`--rest` seconds after the last one for what it lets go when nothing is to do.
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
from pathlib import Path

from benchmarks.report import table, verdict
from searcher import folders
from searcher.home import Home
from searcher.runtime import read_indexer_state

LOADED_BAR, IDLE_BAR = 450, 250  # MB
_WORDS = [
    f"{a}{b}" for a in ("bel", "kor", "mi", "tra", "sun", "ost") for b in ("mark", "ten", "ling", "dorf")
]


def memory(pid: int) -> tuple[float, float]:
    """Resident and anonymous MB of a process (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = {name: value for name, _, value in (line.partition(":") for line in lines)}
    return tuple(int(sizes[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))  # type: ignore[return-value]


def run(home: Home, library: Path, notes: int, rest: float) -> dict[str, tuple[float, float]]:
    """The most of each by phase, in the order of phases; `rested` is what is there in the end."""
    dice = random.Random(5)
    library.mkdir()
    for number in range(notes):
        (library / f"{number}.md").write_text(f"{' '.join(dice.choices(_WORDS, k=60))}.\n")
    folders.add(home, library)
    process = subprocess.Popen([sys.executable, "-m", "indexer", "--home", str(home.root)])
    seen: dict[str, tuple[float, float]] = {}
    quiet_since: float | None = None
    try:
        while quiet_since is None or time.monotonic() - quiet_since < rest:
            time.sleep(0.1)
            state = read_indexer_state(home)
            phase = state.phase if state is not None else "starting"
            now, before = memory(process.pid), seen.get(phase, (0.0, 0.0))
            seen[phase] = max(now[0], before[0]), max(now[1], before[1])
            is_done = state is not None and phase == "idle" and state.folders
            quiet_since = (quiet_since or time.monotonic()) if is_done else None
        return seen | {"rested": memory(process.pid)}
    finally:
        process.terminate()
        process.wait(30)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=4000)
    parser.add_argument("--rest", type=float, default=90.0)
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    source = Home.locate(given.home)
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place).resolve() / "home").create()
        for file in filter(Path.is_file, source.models.iterdir() if source.models.is_dir() else ()):
            os.symlink(file, home.models / file.name)
        os.environ["HF_HUB_OFFLINE"] = "1"
        seen = run(home, Path(place).resolve() / "library", given.notes, given.rest)
    table(
        f"indexer, {given.notes} notes, MB",
        ["phase", "resident", "anonymous"],
        [[phase, f"{resident:.0f}", f"{anonymous:.0f}"] for phase, (resident, anonymous) in seen.items()],
    )
    most = max(resident for resident, _ in seen.values())
    print(f"\nloaded {verdict(most, LOADED_BAR, at_most=True)}, ", end="")
    print(f"at rest {verdict(seen['rested'][0], IDLE_BAR, at_most=True)}")
    if given.json:
        given.json.write_text(json.dumps(seen, indent=1))
    return int(most > LOADED_BAR or seen["rested"][0] > IDLE_BAR)


if __name__ == "__main__":
    sys.exit(main())
