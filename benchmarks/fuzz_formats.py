"""Mutated files of every format through the reading process: no crash, no hang, no leak.

    python benchmarks/fuzz_formats.py --mutations 10000 [--seed 1] [--json FILE]

Exits 1 when a reader crashed, hung or kept memory. The corpus of the tests gives the files to mutate.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "indexer" / "formats"))

import psutil
from corpus import cases

from indexer.extraction.extractor import Extractor
from indexer.formats import Limits
from searcher.errors import UnreadableKind
from searcher.records import Document
from searcher.settings import Settings

LIMITS = Limits(seconds=20.0, archives=True)
LARGEST = 200_000  # bytes of a file that is mutated; larger ones only cost time
GROWTH = 60 << 20  # bytes a worker may keep beyond what it had after the first thousand files
WARM = 1_000
NUMBERS = (
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"9999999999",
    b"-1",
)
TOKENS = (
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<!--",
    b"{",
    b"}",
    b"[",
    b'"',
    b"\\u0000",
    b"endobj",
    b"stream\n",
    b"\xed\xa0\x80",
)

Mutation = Callable[[bytearray, random.Random], None]


def flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice((1, 1, 2, 8, 32))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def drop(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    del data[start : start + dice.choice((1, 4, 64, 1024))]


def repeat(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + dice.choice((4, 64, 1024))] * dice.choice((1, 2, 50))


def overwrite(data: bytearray, dice: random.Random) -> None:
    value = dice.choice(NUMBERS + TOKENS)
    start = dice.randrange(len(data))
    data[start : start + len(value)] = value


def insert(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    data[start:start] = dice.choice((*TOKENS, dice.randbytes(dice.choice((1, 16, 256)))))


MUTATIONS: tuple[Mutation, ...] = (flip, cut, drop, repeat, overwrite, insert)


def mutate(data: bytes, dice: random.Random) -> bytes:
    """One to three mutations; of a zip archive, half the time inside a member that is then packed again."""
    if data.startswith(b"PK") and dice.random() < 0.6 and (inside := _inside(data, dice)):
        return inside
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 3))):
        if changed:
            dice.choice(MUTATIONS)(changed, dice)
    return bytes(changed)


def _inside(data: bytes, dice: random.Random) -> bytes | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {item.filename: archive.read(item) for item in archive.infolist()}
    except Exception:  # the corpus has broken and locked archives too
        return None
    filled = [name for name, content in members.items() if content]
    if not filled:
        return None
    name = dice.choice(filled)
    members[name] = mutate(members[name], dice)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return out.getvalue()


def mutants(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes): every format in turn, a file of it by chance."""
    dice = random.Random(seed)
    kinds: dict[str, list[tuple[str, bytes]]] = {}
    for case in cases():
        if 0 < len(case.data) <= LARGEST:
            kinds.setdefault(case.kind or "bad", []).append((case.name, case.data))
    order = sorted(kinds)
    for number in range(count):
        name, data = dice.choice(kinds[order[number % len(order)]])
        yield name, mutate(data, dice)


@dataclass
class Report:
    mutations: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    bad: list[dict[str, object]] = field(default_factory=list)  # crashes, hangs, memory
    slowest: tuple[float, str] = (0.0, "")
    resident: list[int] = field(default_factory=list)  # bytes, largest worker, sampled
    seconds: float = 0.0

    @property
    def growth(self) -> int:
        """Bytes by which the last tenth of the run lies above the first thousand files."""
        warm = self.resident[: max(1, WARM // 100)]
        tail = self.resident[-max(1, len(self.resident) // 10) :]
        return max(0, min(tail) - max(warm)) if self.resident else 0


def fuzz(count: int, seed: int, *, workers: int = 2, keep: Path | None = None) -> Report:
    """Read `count` mutants; the bad ones are kept under `keep`."""
    report = Report(mutations=count)
    begun = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        Extractor(Settings(), workers=workers, limits=LIMITS) as extractor,
    ):
        made = mutants(count, seed)
        while batch := list(islice(made, 100)):
            paths = []
            for number, (name, data) in enumerate(batch):
                path = Path(folder) / str(number) / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
                paths.append(path)
            last = time.perf_counter()
            for path, outcome in extractor.map(paths):
                now = time.perf_counter()
                report.slowest = max(report.slowest, (round(now - last, 3), path.name))
                last = now
                verdict = _verdict(outcome)
                report.outcomes[verdict] += 1
                if verdict in ("crashed", "hung", "out of memory"):
                    report.bad.append({"name": path.name, "reason": str(outcome)})
                    if keep:
                        keep.mkdir(parents=True, exist_ok=True)
                        (keep / f"{len(report.bad)}-{path.name}").write_bytes(path.read_bytes())
                path.unlink()
            report.resident.append(_largest_worker())
    report.seconds = time.perf_counter() - begun
    return report


def _verdict(outcome: object) -> str:
    if isinstance(outcome, Document):
        return "read"
    reason = str(outcome)
    for words, verdict in (
        ("its reader crashed", "crashed"),
        ("took longer", "hung"),
        ("of memory", "out of memory"),
    ):
        if words in reason:
            return verdict
    return "no text" if isinstance(outcome, UnreadableKind) else "failed with a reason"


def _largest_worker() -> int:
    sizes = [0]
    for child in psutil.Process().children():
        try:
            sizes.append(child.memory_info().rss)
        except psutil.Error:
            continue
    return max(sizes)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for the files that crashed or hung a reader")
    parser.add_argument("--json", type=Path, help="write the figures here")
    given = parser.parse_args()
    report = fuzz(given.mutations, given.seed, workers=given.workers, keep=given.keep)
    for verdict, count in report.outcomes.most_common():
        print(f"{verdict:24}{count:8,}")
    resident = [size / 1e6 for size in report.resident]
    print(
        f"resident memory of a worker: {resident[0]:.0f} MB at first, {max(resident):.0f} MB at most, "
        f"{resident[-1]:.0f} MB at last; growth after warming up {report.growth / 1e6:.0f} MB"
    )
    print(f"slowest file {report.slowest[0]:.1f} s ({report.slowest[1]}); {report.seconds:.0f} s in all")
    for bad in report.bad:
        print("BAD", bad["name"], bad["reason"])
    if given.json:
        figures = {
            "mutations": report.mutations,
            "outcomes": report.outcomes,
            "bad": report.bad,
            "resident_bytes": report.resident,
            "growth_bytes": report.growth,
            "slowest": report.slowest,
            "seconds": report.seconds,
        }
        given.json.write_text(json.dumps(figures, indent=1))
    return 1 if report.bad or report.growth > GROWTH else 0


if __name__ == "__main__":
    raise SystemExit(main())
