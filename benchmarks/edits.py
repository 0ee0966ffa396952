"""What thousands of single edits leave behind, beside an index made at once of the same files.

    python -m benchmarks.edits [--chunks 20000] [--edits 2000] [--home DIR] [--json FILE]

One file after the other is edited and brought up to date through the real pipeline, half of the time with a
moment of quiet after it. Then the same files are indexed afresh. Sizes are without the model; vectors of
texts that were embedded before are remembered for the fresh index, which is all that is spared.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import indexer
from benchmarks.homes import home_like
from benchmarks.report import table, verdict
from benchmarks.wrapping import Wrapping
from indexer.running import passes
from searcher import folders
from searcher.embedding import Embedder, open_embedder
from searcher.embedding.base import Kind, Vectors
from searcher.home import Home
from searcher.library import Library
from searcher.search import background, labels
from searcher.settings import Settings
from searcher.store.upkeep import QUIET, upkeep

SETTINGS = Settings(hub=False, chunk_tokens=32)
_SECTIONS = 10  # of a file, each a passage
_BAR = 1.5
_STARTS = ("bel", "kor", "mi", "tra", "sun", "val", "ost")
_ENDS = ("mark", "ten", "ling", "dorf", "sel", "ra", "nik", "tum", "gas", "fen", "lot", "bur")
_WORDS = [start + middle + end for start in _STARTS for middle in ("a", "en", "ir", "o") for end in _ENDS]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ratios to the fresh index, and what they are ratios of. Sizes in bytes, times in milliseconds."""

    edits: int
    chunks: int
    fresh_size: int
    size: float  # right after the last edit
    size_peak: float
    size_rested: float  # once it has been quiet for a minute
    fresh_p95: float
    p95: float
    p95_rested: float
    first_edits: float  # median of the first tenth
    last_edits: float

    @property
    def growth(self) -> float:
        return self.last_edits / self.first_edits


class Remembering(Wrapping):
    """An embedder that computes no text twice."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(embedder)
        self._known = dict[str, Vectors]()

    def embed_full(
        self, texts: Sequence[str], *, kind: Kind = "document", task: str = "documents"
    ) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if f"{kind} {text}" not in self._known]
        if new:
            vectors = super().embed_full(new, kind=kind, task=task)
            self._known |= {f"{kind} {text}": vector for text, vector in zip(new, vectors, strict=True)}
        return np.stack([self._known[f"{kind} {text}"] for text in texts])

    def close(self) -> None:
        """Another index uses it still."""


class Files:
    """Short notes of ten sections, from one seeded die."""

    def __init__(self, root: Path, count: int) -> None:
        self._dice = random.Random(5)
        self.paths = [root / f"{number // 100}" / f"{number}.md" for number in range(count)]
        for path in self.paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(self._section() for _ in range(_SECTIONS)))

    def edit(self) -> str:
        """Rewrite one section of one file; its path."""
        path = self._dice.choice(self.paths)
        parts = path.read_text().split("\n\n# ")
        parts[self._dice.randrange(1, len(parts))] = self._section().removeprefix("# ").rstrip("\n")
        path.write_text("\n\n# ".join(parts).rstrip("\n") + "\n")
        return str(path)

    def query(self) -> str:
        return " ".join(self._dice.choices(_WORDS, k=5))

    def _section(self) -> str:
        title, *words = self._dice.choices(_WORDS, k=9)
        return f"# {title.title()}\n\n{' '.join(words)}.\n\n"


def run(
    home: Home,
    fresh: Home,
    root: Path,
    *,
    chunks: int,
    edits: int,
    queries: int = 110,
    say: Callable[[str], None] = print,
) -> Outcome:
    """Both homes hold the model already; `root` does not exist yet. The first ten queries are not counted."""
    files = Files(root, max(chunks // _SECTIONS, 1))
    folders.add(home, root)
    folders.add(fresh, root)
    embedder = Remembering(open_embedder(home, SETTINGS, role="index"))
    for each in (home, fresh):  # fitting labels takes as long as all the rest, and writes nothing of this
        labels.save(each, embedder.model.fingerprint, replace(labels.shipped(chunks), passages=chunks))
    before, passes.opened_embedder = passes.opened_embedder, lambda *_, **__: (embedder, "")
    try:
        made = indexer.index(home, SETTINGS)
        say(f"{made.chunks_written} passages of {made.added} files in {made.as_json()['seconds']} s")
        with passes._opened(home, SETTINGS, None) as (pipeline, _):
            times, sizes = _edit(pipeline, files, home, edits, say)
            _edited = size_of(home)
            indexer.index(fresh, SETTINGS)
            asked = _searched(home, fresh, files, queries)
            upkeep(pipeline.store, quiet=QUIET[-1])
            rested = size_of(home)
        again = _searched(home, fresh, files, queries)
    finally:
        passes.opened_embedder = before
    plain, tenth = size_of(fresh), max(edits // 10, 1)
    return Outcome(
        edits=edits,
        chunks=made.chunks_written,
        fresh_size=plain,
        size=_edited / plain,
        size_peak=max(sizes) / plain,
        size_rested=rested / plain,
        fresh_p95=asked[1],
        p95=asked[0] / asked[1],
        p95_rested=again[0] / again[1],
        first_edits=statistics.median(times[:tenth]),
        last_edits=statistics.median(times[-tenth:]),
    )


def size_of(home: Home) -> int:
    """Bytes of everything but the model."""
    return sum(
        file.stat().st_size
        for file in home.root.rglob("*")
        if file.is_file() and home.models not in file.parents
    )


def _edit(
    pipeline: Any, files: Files, home: Home, edits: int, say: Callable[[str], None]
) -> tuple[list[float], list[int]]:
    """Milliseconds of each edit until its vectors are in the table; sizes of the home now and then."""
    times, sizes, dice = [], [], random.Random(8)
    for number in range(edits):
        path = files.edit()
        started = time.perf_counter()
        pipeline.look_at([path])
        while pipeline.step():
            pass
        times.append((time.perf_counter() - started) * 1000)
        if dice.random() < 0.5:
            pipeline.compaction.settle_down()
            upkeep(pipeline.store, quiet=QUIET[0])
        if number % 23 == 0:
            sizes.append(size_of(home))
        if number % 500 == 499:
            say(f"{number + 1} edits, the last 100 took {statistics.median(times[-100:]):.0f} ms each")
    return times, sizes


def _searched(home: Home, fresh: Home, files: Files, queries: int) -> tuple[float, float]:
    """p95 of whole answers from each, asked in turn; milliseconds."""
    with Library(home, SETTINGS) as edited, Library(fresh, SETTINGS) as other:
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(queries):
            query = files.query()
            for library, kept in zip((edited, other), times, strict=True):
                took = library.answer(query).took_ms["search"]
                if number >= 10:
                    kept.append(took)
        return statistics.quantiles(times[0], n=20)[18], statistics.quantiles(times[1], n=20)[18]


def show(outcome: Outcome) -> None:
    def row(name: str, value: float) -> list[str]:
        return [name, f"{value:.2f}", verdict(value, _BAR, at_most=True)]

    table(
        f"{outcome.edits} edits on {outcome.chunks} passages (a fresh index: {outcome.fresh_size / 1e6:.1f} "
        f"MB, search p95 {outcome.fresh_p95:.1f} ms)",
        ["edited / fresh", "ratio", "bar"],
        [
            row("size after the last edit", outcome.size),
            row("size, highest seen", outcome.size_peak),
            row("size after a quiet minute", outcome.size_rested),
            row("search p95 after the last edit", outcome.p95),
            row("search p95 after a quiet minute", outcome.p95_rested),
            row(
                f"an edit: last tenth {outcome.last_edits:.0f} ms / first tenth {outcome.first_edits:.0f} ms",
                outcome.growth,
            ),
        ],
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--edits", type=int, default=2_000)
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    source = Home.locate(given.home)
    with tempfile.TemporaryDirectory() as place:
        homes = [home_like(source, Path(place) / name) for name in ("edited", "fresh")]
        embedder = open_embedder(homes[0], SETTINGS, role="index")
        for home in homes:
            background.build(home, embedder)
        embedder.close()
        outcome = run(*homes, Path(place).resolve() / "notes", chunks=given.chunks, edits=given.edits)
    show(outcome)
    if given.json:
        given.json.write_text(json.dumps(asdict(outcome), indent=1))
    worst = max(
        outcome.size, outcome.size_peak, outcome.size_rested, outcome.p95, outcome.p95_rested, outcome.growth
    )
    return int(worst > _BAR)


if __name__ == "__main__":
    sys.exit(main())
