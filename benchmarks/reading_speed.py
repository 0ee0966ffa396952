"""How long files take to be read, by format, beside pypdf alone and beside another checkout of searcher.

    python -m benchmarks.reading_speed DIR [--beside CHECKOUT] [--limit N] [--json FILE]

Every file below DIR is read twice in a process of its format's own, and the shorter time counts; seconds are
of processor time, and the ratio is that over the files that both read. For PDF the other is pypdf alone, of
which the text of every page is asked and nothing else; with --beside, the readers of a checkout of another
state, with this Python. Memory is the process's largest resident size, its imports included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from benchmarks.report import table
from indexer.formats.kinds import by_name

ROOT = Path(__file__).parent.parent
SECONDS = 1200  # for all files of a format by one reader
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
for line in sys.stdin:
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
    print(json.dumps([str(path), min(spent, default=None), peak]), flush=True)
"""


def times(reader: str, root: Path, files: list[Path]) -> tuple[dict[str, float], int]:
    """Seconds by path of the files that were read, and the process's peak in MB."""
    try:
        ran = subprocess.run(
            [sys.executable, "-c", READ, reader],
            input="\n".join(map(str, files)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=SECONDS,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            check=False,
        )
        said = ran.stdout
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode() if isinstance(late.stdout, bytes) else late.stdout or ""
    rows = [json.loads(line) for line in said.splitlines() if line.endswith("]")]
    return {path: seconds for path, seconds, _ in rows if seconds is not None}, max(
        (peak for *_, peak in rows), default=0
    )


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
        ours, peak = times("ours", ROOT, files)
        others = {"pypdf": times("pypdf", ROOT, files)} if kind == "pdf" else {}
        if given.beside:
            others["checkout"] = times("ours", given.beside.resolve(), files)
        shown = f"{sum(ours.values()):.2f}"
        if not others:
            rows.append([kind, str(len(files)), str(len(ours)), shown, str(peak), "", "", "", ""])
        for name, (theirs, other_peak) in others.items():
            both = [path for path in ours if path in theirs]
            mine, other = (sum(spent[path] for path in both) for spent in (ours, theirs))
            ratio = f"{other / mine:.2f}" if mine and both else ""
            beside = [name, f"{len(theirs)} ({len(both)})", ratio, str(other_peak)]
            rows.append([kind, str(len(files)), str(len(ours)), shown, str(peak), *beside])
        print(*rows[-1], flush=True)
    head = [
        "format",
        "files",
        "read",
        "seconds",
        "MB",
        "beside",
        "it reads (both)",
        "its time / ours",
        "its MB",
    ]
    table("processor time of reading", head, rows)
    if given.json:
        given.json.write_text(json.dumps([dict(zip(head, row, strict=True)) for row in rows], indent=1))


if __name__ == "__main__":
    main()
