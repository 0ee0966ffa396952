"""kill -9 at random points of indexing: after each the next start is consistent without help.

A library changes between and during the lives of an indexer: files are added, edited, deleted, moved and
copied, folders renamed, now and then the scan dimension or the size of passages changes, so that the index is
rebuilt. Each life ends by SIGKILL at a random moment of a step that is drawn beforehand. Then one pass must
leave exactly what is on the disk, with every vector right and no more embedded again than one commit.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.kill_library import Library
from benchmarks.kill_lives import Nursery
from benchmarks.kill_oracle import Oracle
from benchmarks.report import table
from searcher.home import Home

STEPS = {  # what is aimed at: how often, and how many such steps of one life may pass before
    "starting": (1, 1),
    "reconciling": (1, 1),
    "scanning": (1, 1),
    "extracting": (4, 3),
    "writing": (4, 3),
    "deleting": (2, 2),
    "cataloguing": (3, 3),
    "embedding": (4, 4),
    "filling": (4, 3),
    "recutting": (2, 1),
    "swapping": (5, 1),
    "optimising": (5, 1),
    "waiting": (1, 1),
}
_DIMENSIONS, _SIZES = (384, 256, 128), (48, 32)
_SECONDS = 120  # a life ends by itself long before


@dataclass
class Outcome:
    """`killed` counts by step; `again` is the passages embedded again after each kill, of `embedded` that
    the killed lives had computed."""

    killed: Counter[str] = field(default_factory=Counter)
    again: list[int] = field(default_factory=list)
    embedded: int = 0
    ended: int = 0  # lives that were over before their step came
    rebuilds: int = 0
    wrong: list[str] = field(default_factory=list)


class _Rounds:
    """One home, one library and one die."""

    def __init__(self, home: Home, root: Path, seed: int, files: int) -> None:
        from searcher import folders

        self.dice = random.Random(seed)
        self.library = Library(root, self.dice, files)
        folders.add(home, root)
        self.oracle = Oracle(home)
        self.nursery = Nursery(home.root, root.parent)
        self.settings = {"dim": _DIMENSIONS[0], "chunk_tokens": _SIZES[0]}
        self.outcome = Outcome()
        self._typical: dict[str, float] = {}  # seconds a step took when it was last seen whole

    def round(self, *, vectors: bool) -> str | None:
        """Change, index, kill, recover, compare; a line that tells of it, None when nothing was killed."""
        step = self._aim()
        self.library.change(self.dice.randrange(3, 20))
        phase = self._life(step)
        if phase is None:
            self.outcome.ended += 1
            return None
        computed, problems = Counter(self.nursery.embedded()), self.oracle.readable()
        if self.dice.random() < 0.2:  # killed again before it could recover
            self.library.change(2)
            self._life(self.dice.choice(("reconciling", "writing", "cataloguing")))
            computed, problems = Counter(self.nursery.embedded()), problems + self.oracle.readable()
        self.nursery.begin("recover", self.settings)
        problems += self.oracle.judged(self.nursery.end())
        again = sum((Counter(self.nursery.embedded()) & computed).values())
        problems += self.oracle.differences(self.settings, vectors=vectors)
        self.outcome.again.append(again)
        self.outcome.embedded += sum(computed.values())
        self.outcome.wrong += [f"after a kill while {phase}: {problem}" for problem in problems]
        return f"{phase:12} {again:4} embedded again  {'; '.join(problems) or 'consistent'}"

    def _aim(self) -> str:
        step = self.dice.choices(list(STEPS), [often for often, _ in STEPS.values()])[0]
        if step in ("recutting", "swapping") or self.dice.random() < 0.05:
            self.outcome.rebuilds += 1
            if step == "recutting" or self.dice.random() < 0.5:
                others = [dim for dim in _DIMENSIONS if dim != self.settings["dim"]]
                self.settings["dim"] = self.dice.choice(others)
            else:
                self.settings["chunk_tokens"] = sum(_SIZES) - self.settings["chunk_tokens"]
        return step

    def _life(self, step: str) -> str | None:
        """Index until it is killed; in which step, or None when it was through before."""
        dice = self.dice
        entry, fraction, busy = dice.randint(1, STEPS[step][1]), dice.random(), dice.random() < 0.3
        way = "watch" if step == "waiting" or dice.random() < 0.25 else "pass"
        marks = self.nursery.begin(way, self.settings)
        end = time.monotonic() + _SECONDS
        while marks.entered(step) < entry and marks.phase != "ended" and time.monotonic() < end:
            if busy and marks.entered("scanning"):
                self.library.change(4)
                busy = False
            elif way == "watch" and marks.entered("waiting") > 10:
                break
            time.sleep(0.0005)
        time.sleep(min(fraction * self._typical.get(step, 0.02), 3.0))
        killed = self.nursery.kill()
        self._typical |= {name: seconds for name in STEPS if (seconds := marks.seconds(name))}
        if not killed:
            return None
        self.outcome.killed[marks.phase] += 1
        return marks.phase

    def close(self) -> None:
        self.nursery.close()
        self.oracle.close()


def run(home: Home, root: Path, *, kills: int, seed: int, files: int = 40, show: bool = False) -> Outcome:
    """`home` has the model and nothing else; `root` becomes the library."""
    rounds = _Rounds(home, root, seed, files)
    try:
        while (number := sum(rounds.outcome.killed.values())) < kills:
            line = rounds.round(vectors=number % 20 == 0 or number >= kills - 1)
            if show and line:
                print(f"{number + 1:4} {line}", flush=True)
    finally:
        rounds.close()
    return rounds.outcome


def main() -> int:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--files", type=int, default=40, help="files of the library")
    arguments.add_argument("--json", type=Path, help="write the figures here as well")
    given = arguments.parse_args()
    from searcher.embedding import open_embedder
    from searcher.models import starter
    from searcher.search import background
    from searcher.settings import Settings

    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place).resolve() / "home").create()
        starter.build(home)
        embedder = open_embedder(home, Settings(), role="index")
        background.build(home, embedder)
        embedder.close()
        began = time.monotonic()
        outcome = run(
            home,
            Path(place).resolve() / "library",
            kills=given.kills,
            seed=given.seed,
            files=given.files,
            show=True,
        )
    kills = sum(outcome.killed.values())
    table(
        f"{kills} kills, seed {given.seed}, {time.monotonic() - began:.0f} s",
        ["killed while", "times"],
        [[step, str(outcome.killed[step])] for step in STEPS if outcome.killed[step]],
    )
    most, again = max(outcome.again, default=0), sum(outcome.again)
    print(f"\nembedded again after a kill: at most {most} passages, {again} of {outcome.embedded} in all")
    print(f"{outcome.rebuilds} rebuilds begun; {outcome.ended} lives ended before they were killed")
    print(f"inconsistencies: {len(outcome.wrong)}", *outcome.wrong, sep="\n  ")
    if given.json:
        figures = {**vars(outcome), "seed": given.seed}
        given.json.write_text(json.dumps(figures, indent=1))
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
