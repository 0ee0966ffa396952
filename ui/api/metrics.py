"""Numbers for monitoring, in Prometheus' text format."""

from __future__ import annotations

import threading
from typing import Any

_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Calls:
    """How many calls each endpoint answered and how long they took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, int], int] = {}
        self._seconds: dict[str, list[float]] = {}  # per endpoint: one count a bound, then sum and count

    def record(self, name: str, status: int, seconds: float) -> None:
        with self._lock:
            self._counts[name, status] = self._counts.get((name, status), 0) + 1
            row = self._seconds.setdefault(name, [0.0] * (len(_BOUNDS) + 2))
            for place, bound in enumerate(_BOUNDS):
                row[place] += seconds <= bound
            row[-2] += seconds
            row[-1] += 1

    def lines(self) -> list[str]:
        with self._lock:
            lines = ["# TYPE searcher_requests_total counter"]
            for (name, status), count in sorted(self._counts.items()):
                lines.append(f'searcher_requests_total{{endpoint="{name}",status="{status}"}} {count}')
            lines.append("# TYPE searcher_request_seconds histogram")
            for name, row in sorted(self._seconds.items()):
                label = f'endpoint="{name}"'
                lines += [
                    f'searcher_request_seconds_bucket{{{label},le="{bound}"}} {count:.0f}'
                    for bound, count in zip(_BOUNDS, row, strict=False)
                ]
                lines.append(f'searcher_request_seconds_bucket{{{label},le="+Inf"}} {row[-1]:.0f}')
                lines.append(f"searcher_request_seconds_sum{{{label}}} {row[-2]:.6f}")
                lines.append(f"searcher_request_seconds_count{{{label}}} {row[-1]:.0f}")
            return lines


def text(status: dict[str, Any], calls: Calls) -> str:
    """The library's state and the calls answered since the server started."""
    gauges: dict[str, Any] = {
        "searcher_chunks": status["chunks"],
        "searcher_chunks_pending": status["pending"],
        "searcher_folders": len(status["folders"]),
        "searcher_index_bytes": status["disk"]["index"],
        "searcher_disk_free_bytes": status["disk"]["free"],
        "searcher_indexer_running": int(status["indexer"] is not None),
        "searcher_paused": int(status["paused"]),
        "searcher_last_change_timestamp_seconds": status["last_change"],
    }
    lines = ["# TYPE searcher_files gauge"]
    lines += [f'searcher_files{{status="{name}"}} {count}' for name, count in sorted(status["files"].items())]
    for name, value in gauges.items():
        if value is not None:
            lines += [f"# TYPE {name} gauge", f"{name} {value}"]
    return "\n".join([*lines, *calls.lines()]) + "\n"
