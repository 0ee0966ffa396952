"""The sets of load, put to the apps of two checkouts in turn."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.attack_app import App, app, at_once, p95, searches, sessions

_SETTLING = 90.0  # seconds for both to have indexed and fitted what there is
_QUIET_SECONDS = 5.0  # of the indexers, before the first round


def beside(place: Path, checkout: Path, rounds: int, tabs: int) -> None:
    """Prints, of `rounds` rounds, the median p95 and processor time here and there, and the share."""
    for name in ("here", "there"):
        (place / name).mkdir()
    with app(place / "there", checkout) as there, app(place / "here") as here:
        end = time.monotonic() + _SETTLING
        while time.monotonic() < end and not (_is_quiet(here) and _is_quiet(there)):
            time.sleep(0.5)
        sets: list[tuple[str, int, Callable[[App, int], list[Callable[[], object]]]]] = [
            ("50 searches at once", 50, lambda served, mark: searches(served, 50, mark)),
            ("20 sessions at once", 20, lambda served, _: sessions(served, 20)),
            (f"{tabs} sessions, ten at a time", 10, lambda served, _: sessions(served, tabs)),
        ]
        rows, result = [], dict[str, Any]()
        for name, together, work in sets:
            figures: dict[App, list[tuple[float, float, int]]] = {here: [], there: []}
            for number in range(rounds):
                for served in (here, there) if number % 2 else (there, here):
                    began = served.seconds()
                    took, failed = at_once(work(served, number), together)
                    figures[served].append((p95(took), served.seconds() - began, failed))
            columns = {served: list(zip(*seen, strict=True)) for served, seen in figures.items()}
            own, other = columns[here], columns[there]
            shares = [statistics.median(own[n]) / statistics.median(other[n]) for n in (0, 1)]
            result[name] = {"p95": own[0], "there": other[0], "failed": sum(own[2])}
            result[name] |= {"processor": own[1], "processor there": other[1]}
            shown = [statistics.median(each[n]) for n in (0, 1) for each in (own, other)]
            text = [f"{value:.2f}" for value in (*shown[:2], shares[0], *shown[2:], shares[1])]
            rows.append([name, *text, str(sum(own[2])), str(here.state()["server_mb"])])
    heads = ["p95 s", "there", "share", "processor s", "there", "share", "failed", "server MB"]
    report.table(f"Load beside {checkout.name}, load average {os.getloadavg()[0]:.1f}", ["set", *heads], rows)
    report.save("attack_beside", result)


def _is_quiet(served: App) -> bool:
    with suppress(KeyError, TypeError):  # an older one may say less of itself
        return served.is_idle() and served.rests(_QUIET_SECONDS)
    return True
