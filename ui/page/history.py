"""What was measured while the page was in use: a short memory of the process, lost with it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class History:
    """(epoch seconds, value), the newest last."""

    queries: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=200))  # ms
    speed: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=400))  # tokens a second

    def query(self, milliseconds: float) -> None:
        self.queries.append((time.time(), milliseconds))

    def indexing(self, tokens_per_second: float) -> None:
        """One value every few seconds is enough, however many tabs look."""
        now = time.time()
        if tokens_per_second > 0 and (not self.speed or now - self.speed[-1][0] >= 2):
            self.speed.append((now, tokens_per_second))


HISTORY = History()
