"""What compiling llama-cpp-python costs, whole and with only the parts that are used.

    python -m benchmarks.llama_build [--only whole|used] [--cores N] [--out DIR]

Processor seconds of all that the build starts, so that a busy machine changes little. `--out` keeps the
wheels, which fit every Python 3 on a machine of the same kind: `pip install --find-links DIR ...` takes them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks.report import save, table

ROOT = Path(__file__).parent.parent
OPTIONS = {"whole": "", "used": f"-DCMAKE_PROJECT_INCLUDE={ROOT / 'searcher/embedding/llama.cmake'}"}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=OPTIONS, help="default: one after the other")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="compilers at once")
    parser.add_argument("--out", type=Path, help="a folder for the wheels")
    given = parser.parse_args()
    rows = []
    for what in [given.only] if given.only else OPTIONS:
        with tempfile.TemporaryDirectory() as temporary:
            place = given.out / what if given.out else Path(temporary)
            rows.append({"built": what, **build(OPTIONS[what], given.cores, place)})
            print(*rows[-1].values(), flush=True)
    table("llama-cpp-python", [*rows[0]], [[str(cell) for cell in row.values()] for row in rows])
    save("llama_build", {"builds": rows})
    return 0


def build(options: str, cores: int, place: Path) -> dict[str, float]:
    """Processor seconds, and megabytes of the wheel."""
    name = "llama-cpp-python"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-cache-dir", "--no-binary", name]
    subprocess.run(
        [*command, "-w", str(place), f"{name}=={version(name)}"],
        env={**os.environ, "CMAKE_ARGS": options, "CMAKE_BUILD_PARALLEL_LEVEL": str(cores)},
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = next(place.glob("*.whl")).stat().st_size
    return {"processor seconds": round(seconds), "MB": round(size / 1e6, 1)}


if __name__ == "__main__":
    sys.exit(main())
