"""Whether the project installs like a tool: from a wheel and from its folder, with every Python named.

    python -m benchmarks.install [--python PYTHON ...] [--tool pipx --tool uv] [--wheels DIR]

Each tool installs into places of its own; what comes out indexes the sample and answers from another folder.
Installations that are there already are not touched. `--wheels` names a folder of ready-made wheels, lest
llama-cpp-python is compiled for each: `pip wheel --no-deps llama-cpp-python` makes one.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import save, table

ROOT = Path(__file__).parent.parent
NOT_CODE = (".git", ".venv", "build", "dist", "*.egg-info", ".*_cache", "results", "__pycache__")
QUERY, ANSWER = "wo werden die Passwörter geprüft", "accounts.py"
_SECONDS = 1800.0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", action="append", help="an interpreter; may be given several times")
    parser.add_argument("--tool", action="append", choices=sorted(TOOLS), help="default: those on the PATH")
    parser.add_argument("--wheels", type=Path, help="a folder of wheels to take before any others")
    given = parser.parse_args()
    tools = given.tool or [tool for tool in sorted(TOOLS) if tool == "pip" or shutil.which(tool)]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary, "source")
        shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*NOT_CODE))
        for python in given.python or [sys.executable]:
            wheel = built(python, source, Path(temporary, "dist"))
            for tool in tools:
                for kind, what in (("wheel", wheel), ("folder", source)):
                    place = Path(temporary, "installed")
                    row = {"python": version(python), "tool": tool, "from": kind}
                    rows.append(row | tried(tool, python, what, place, given.wheels))
                    print(*rows[-1].values(), flush=True)
                    shutil.rmtree(place, ignore_errors=True)
    table("installed", [*rows[0]], [[str(cell) for cell in row.values()] for row in rows])
    save("install", {"installed": rows})
    return 0 if all(row["works"] == "yes" for row in rows) else 1


def tried(tool: str, python: str, what: Path, place: Path, wheels: Path | None) -> dict[str, Any]:
    """What installing took, and whether it works."""
    place.mkdir()
    began = time.monotonic()
    try:
        command = TOOLS[tool](python, what, place, ["--find-links", str(wheels)] if wheels else [])
        seconds = time.monotonic() - began
        said = answer(command, place)
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout or "").strip().splitlines()
        return {"seconds": round(time.monotonic() - began), "works": (lines or ["no"])[-1][:200]}
    return {"seconds": round(seconds), "works": "yes" if said == ANSWER else f"it answers {said}"}


def with_pip(python: str, what: Path, place: Path, options: list[str]) -> Path:
    run([python, "-m", "venv", str(place / "venv")], place)
    own = str(place / "venv" / "bin" / "python")
    run([own, "-m", "pip", "install", "-q", "-c", CONSTRAINTS, *options, str(what)], place)
    return place / "venv" / "bin" / "searcher"


def with_pipx(python: str, what: Path, place: Path, options: list[str]) -> Path:
    arguments = shlex.join(["-c", CONSTRAINTS, *options])
    run(["pipx", "install", "--python", python, "--pip-args", arguments, str(what)], place)
    return place / "bin" / "searcher"


def with_uv(python: str, what: Path, place: Path, options: list[str]) -> Path:
    run(["uv", "tool", "install", "--python", python, "-c", CONSTRAINTS, *options, str(what)], place)
    return place / "bin" / "searcher"


CONSTRAINTS = str(ROOT / "constraints.txt")
TOOLS = {"pip": with_pip, "pipx": with_pipx, "uv": with_uv}


def built(python: str, source: Path, dist: Path) -> Path:
    """A wheel of the project, made by this Python."""
    shutil.rmtree(dist, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        run([python, "-m", "venv", place], source)
        own = str(Path(place, "bin", "python"))
        run([own, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(dist), str(source)], source)
    return next(dist.glob("searcher_desktop-*.whl"))


def answer(command: Path, place: Path) -> str:
    """The file that the installed command finds first in the sample it comes with, asked from elsewhere."""
    home = ["--home", str(place / "home")]
    version = run([str(command), "--version"], place)
    assert version.startswith("searcher "), version
    sample = place / "sample"
    shutil.copytree(ROOT / "ui" / "sample", sample)
    run([str(command), "index", str(sample), *home], place)
    results = json.loads(run([str(command), "search", QUERY, "--json", *home], place))["results"]
    return Path(results[0]["path"]).name if results else "nothing"


def run(command: list[str], place: Path) -> str:
    """What it prints. Raises CalledProcessError."""
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("SEARCHER_", "PYTHON"))},
        "PIPX_HOME": str(place / "pipx"),
        "PIPX_BIN_DIR": str(place / "bin"),
        "UV_TOOL_DIR": str(place / "tools"),
        "UV_TOOL_BIN_DIR": str(place / "bin"),
        "UV_PYTHON_DOWNLOADS": "never",
        "HF_HUB_OFFLINE": "1",
    }
    done = subprocess.run(
        command, cwd=place, env=variables, capture_output=True, text=True, timeout=_SECONDS, check=True
    )
    return done.stdout


def version(python: str) -> str:
    return run([python, "-c", "import platform; print(platform.python_version())"], ROOT).strip()


if __name__ == "__main__":
    sys.exit(main())
