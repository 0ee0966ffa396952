"""What grows with a library, and how fast: searches, memory, disk and upkeep beside other libraries.

    python -m benchmarks.scale [--sizes 10000,100000] [--queries 40] [--place DIR] [--again STAGE,...]

Made-up passages of 90 words with vectors of 1,024 components, 256 of them searched. Each part is a process of
its own and leaves its figures in DIR, so that what was interrupted goes on and what is there is not measured
again. The default takes some minutes; a million passages (`--sizes 10000,100000,1000000`) take 5 GB of disk
and 4 GB of memory. The other libraries come with `pip install -e '.[scale]'`; one that is not there is left
out. Prints tables, and writes results/scale.json and the curves, docs/images/scale-*.svg.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.report import save, table
from benchmarks.scale import others, stages
from benchmarks.scale.plots import plot
from searcher.lighter import compute_on_two_cores

STAGES = {
    "ingest": stages.ingest,
    "index": stages.index,
    "first": stages.first,
    "search": stages.search,
    "at once": stages.at_once,
    "numpy": others.numpy_exact,
    "faiss flat": others.faiss_flat,
    "faiss ivf": others.faiss_ivf,
    "hnswlib": others.hnsw,
    "sqlite-vec": others.sqlite_vec,
    "saved": stages.saved,  # after all others: it adds passages
    "after": stages.after,
}
_NEEDS = {"faiss flat": "faiss", "faiss ivf": "faiss", "hnswlib": "hnswlib", "sqlite-vec": "apsw"}
_ENVIRONMENT = {"at once": {"OPENBLAS_NUM_THREADS": "1"}}  # as the server has it
OTHERS = ("numpy", "faiss flat", "faiss ivf", "hnswlib", "sqlite-vec")
IMAGES = Path(__file__).parents[2] / "docs" / "images"
Figures = dict[int, dict[str, Any]]


def measure(place: Path, sizes: list[int], queries: int, again: set[str]) -> Figures:
    figures: Figures = {}
    for rows in sizes:
        own = place / str(rows)
        own.mkdir(parents=True, exist_ok=True)
        figures[rows] = {}
        for name in STAGES:
            file = own / f"{name}.json"
            if name in again:
                file.unlink(missing_ok=True)
            if not file.exists():
                if name in _NEEDS and importlib.util.find_spec(_NEEDS[name]) is None:
                    continue
                print(f"{rows:,} passages: {name}", flush=True)
                command = [sys.executable, "-m", "benchmarks.scale", "--stage", name, "--place", str(own)]
                command += ["--sizes", str(rows), "--queries", str(queries)]
                done = subprocess.run(command, env=os.environ | _ENVIRONMENT.get(name, {}))
                if done.returncode:
                    print(f"{name} ended with {done.returncode}", file=sys.stderr)
                    continue
            figures[rows][name] = json.loads(file.read_text())
    return figures


def show(figures: Figures) -> None:
    for rows, of in figures.items():
        lines = []
        for name, times in of.get("search", {}).get("times", {}).items():
            found = of["search"]["recall"].get(name.partition(", ")[2], "")
            found = found if name.startswith("meaning") else ""
            lines.append([name, *(f"{times[key]:.1f}" for key in ("p50", "p95", "cpu")), str(found)])
        for name in OTHERS:
            if name in of:
                times = of[name]["times"]
                row = [f"{name}, ten ids", *(f"{times[key]:.1f}" for key in ("p50", "p95", "cpu"))]
                lines.append([*row, str(of[name]["recall"])])
        table(f"{rows:,} passages, milliseconds", ["query", "p50", "p95", "processor", "recall@10"], lines)
        if beside := of.get("search", {}).get("beside_numpy"):
            for name in ("hybrid", "hybrid, 1 %"):
                ratio = beside[name]["p95"] / beside["numpy"]["p95"]
                print(f"{name} beside numpy's exact scan, asked in turn, at p95: {ratio:.2f}")
        for name in ("ingest", "index", "first", "at once", "saved", "after"):
            if name in of:
                print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in of[name].items()))


def draw(figures: Figures) -> None:
    """Curves of the sizes that were measured."""
    names = {"hybrid, 100 %": "hybrid", "hybrid, 1 %": "hybrid, 1 % left", "quoted": "quoted word"}
    curves = {shown: _curve(figures, "search", "times", name, "p50") for name, shown in names.items()}
    curves |= {f"{name}, ten ids": _curve(figures, name, "times", "p50") for name in OTHERS}
    build = {
        "all indexes": _curve(figures, "index", "cpu"),
        "vectors": _curve(figures, "index", "vector_cpu"),
    }
    build |= {name: _curve(figures, name, "build_cpu") for name in OTHERS[1:]}
    memory = {"search": _curve(figures, "search", "resident_mb")}
    memory |= {name: _curve(figures, name, "resident_mb") for name in OTHERS}
    disk = {"searcher, texts and all": _curve(figures, "index", "disk_mb")}
    disk |= {f"{name}, vectors": _curve(figures, name, "disk_mb") for name in OTHERS[1:]}
    pictures = {
        "query": ("A query, median", "ms", curves),
        "build": ("Building indexes", "s of processor time", build),
        "memory": ("Memory of a process that answers", "MB", memory),
        "disk": ("Disk", "MB", disk),
    }
    IMAGES.mkdir(exist_ok=True)
    for name, (title, unit, lines) in pictures.items():
        there = {label: curve for label, curve in lines.items() if curve}
        if there:
            (IMAGES / f"scale-{name}.svg").write_text(plot(title, unit, there))


def _curve(figures: Figures, *keys: str) -> list[tuple[float, float]]:
    curve = []
    for rows, of in sorted(figures.items()):
        value: Any = of
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if value:
            curve.append((float(rows), float(value)))
    return curve


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", default="10000,100000", help="passages, multiples of 10,000")
    parser.add_argument("--queries", type=int, default=40)
    parser.add_argument("--place", type=Path, default=Path("/tmp/searcher-scale"))
    parser.add_argument("--again", default="", help="stages to measure once more: " + ", ".join(STAGES))
    parser.add_argument("--stage", choices=STAGES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    if given.stage:
        compute_on_two_cores()
        result = STAGES[given.stage](given.place, sizes[0], given.queries)
        (given.place / f"{given.stage}.json").write_text(json.dumps(result, indent=1))
        return 0
    figures = measure(given.place, sizes, given.queries, set(filter(None, given.again.split(","))))
    show(figures)
    draw(figures)
    save("scale", {"figures": {str(rows): of for rows, of in figures.items()}})
    return 0


if __name__ == "__main__":
    sys.exit(main())
