"""How long files take to be read, by format, beside pypdf alone and beside another checkout of searcher.

    python -m benchmarks.reading_speed DIR [--beside CHECKOUT] [--limit N] [--json FILE]

Every file below DIR is read four times in a process of its format's own, and the shortest time counts; it is
processor time, and the ratio is that over the files that both read. One reader and the other take each file
in turn, so that a busy machine slows both. For PDF the other is pypdf alone, of which the text of every page
is asked and nothing else; with --beside, the readers of a checkout of another state, with this Python. Memory
is the process's largest resident size, its imports included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from statistics import median

from benchmarks.report import table
from indexer.formats.kinds import by_name

ROOT = Path(__file__).parent.parent
ROUNDS = 2  # over the files of a format, in each of which a file is read twice
READ = """
import json, resource, signal, sys, time
from pathlib import Path
if sys.argv[1] == "pypdf":
    import logging
    from pypdf import PdfReader
    logging.disable()
    def read(path):
        return "".join(page.extract_text() for page in PdfReader(path).pages)
else:
    from indexer.formats import Limits, extract
    limits = Limits(archives=True)
    def read(path):
        return extract(path, limits=limits).text
def late(*_):
    raise TimeoutError
signal.signal(signal.SIGALRM, late)
for line in iter(sys.stdin.readline, ""):
    path, spent = Path(line.rstrip("\\n")), []
    try:
        for _ in range(2):
            signal.alarm(60)
            begun = time.process_time()
            read(path)
            spent.append(time.process_time() - begun)
    except Exception:
        spent = []
    signal.alarm(0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps([min(spent, default=None), peak]), flush=True)
"""


class Reader:
    """A process that reads files, one after the other, with the readers of a checkout."""

    def __init__(self, reader: str, root: Path) -> None:
        self.seconds: dict[str, float] = {}  # by path of the files that were read
        self.peak = 0  # MB
        self._process = subprocess.Popen(
            [sys.executable, "-c", READ, reader],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )

    def read(self, path: Path) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(BrokenPipeError):
            print(path, file=self._process.stdin, flush=True)
        if answer := self._process.stdout.readline():  # nothing from one that has died
            seconds, self.peak = json.loads(answer)
            if seconds is not None:
                self.seconds[str(path)] = min(seconds, self.seconds.get(str(path), seconds))

    def close(self) -> None:
        self._process.communicate()


def read_in_turn(readers: dict[str, Path], files: list[Path]) -> dict[str, Reader]:
    running = {name: Reader("pypdf" if name == "pypdf" else "ours", root) for name, root in readers.items()}
    for path in files * ROUNDS:
        for reader in running.values():
            reader.read(path)
    for reader in running.values():
        reader.close()
    return running


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--beside", type=Path, help="another checkout, whose readers read the same files")
    parser.add_argument("--limit", type=int, default=100_000, help="files of a format at most")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    by_format: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(given.folder.resolve().rglob("*")):
        if path.is_file() and (kind := by_name(path.name)) is not None:
            by_format[kind].append(path)
    rows = []
    for kind, files in sorted(by_format.items(), key=lambda item: -len(item[1])):
        files = files[: given.limit]
        readers = {"ours": ROOT}
        if kind == "pdf":
            readers["pypdf"] = ROOT
        if given.beside:
            readers["checkout"] = given.beside.resolve()
        others = read_in_turn(readers, files)
        ours = others.pop("ours")
        shown = f"{sum(ours.seconds.values()) * 1000 / max(len(ours.seconds), 1):.2f}"
        start = [kind, str(len(files)), str(len(ours.seconds)), shown, str(ours.peak)]
        if not others:
            rows.append([*start, "", "", "", "", ""])
        for name, other in others.items():
            both = [path for path in ours.seconds if path in other.seconds]
            mine, theirs = (sum(spent[path] for path in both) for spent in (ours.seconds, other.seconds))
            ratio = f"{theirs / mine:.2f}" if mine else ""
            usual = f"{median(other.seconds[path] / ours.seconds[path] for path in both):.2f}" if both else ""
            beside = [name, f"{len(other.seconds)} ({len(both)})", ratio, usual, str(other.peak)]
            rows.append([*start, *beside])
        print(*rows[-1], flush=True)
    head = [
        "format",
        "files",
        "read",
        "ms a file",
        "MB",
        "beside",
        "it reads (both)",
        "its time / ours",
        "of the median file",
        "its MB",
    ]
    table("processor time of reading", head, rows)
    if given.json:
        given.json.write_text(json.dumps([dict(zip(head, row, strict=True)) for row in rows], indent=1))


if __name__ == "__main__":
    main()
