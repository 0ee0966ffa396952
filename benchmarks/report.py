"""A measurement as a table for people and a JSON file for programs."""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[i]) for row in [columns, *rows]) for i in range(len(columns))]
    print(f"\n{title}")
    for row in [columns, ["-" * width for width in widths], *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def save(name: str, result: dict[str, Any]) -> Path:
    """Write `results/NAME.json`, with what the machine is."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    about = {"machine": platform.machine(), "python": platform.python_version(), "cpu": _cpu()}
    path.write_text(json.dumps({"when": time.strftime("%Y-%m-%dT%H:%M:%S"), **about, **result}, indent=1))
    print(f"\n{path}")
    return path


def verdict(value: float, bar: float, *, at_most: bool = False) -> str:
    met = value <= bar if at_most else value >= bar
    return f"{'<=' if at_most else '>='} {bar:g} {'met' if met else 'MISSED'}"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.processor()
