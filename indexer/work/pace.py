"""How fast it goes, and how long the rest will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from searcher.errors import HomeError
from searcher.files import read_json, write_json
from searcher.home import Home

_WINDOW = 60.0  # seconds of the embedder's time that say how fast it is now
_WORTH_NOTING = 2_000  # tokens; fewer say little about the next thousands
_PAGE = "seconds a page"  # of recognition, kept beside the models' speeds
_LONGEST_GAP = 5.0  # seconds between two commits; more was spent on something else
_TRUSTED = 3.0  # seconds of embedding beside nothing else, before which its speed tells little


class Pace:
    """Counts what is read and embedded. Time is that of a person's clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, usual: float | None = None) -> None:
        """`usual`: tokens a second that the embedder reached here before, if it did."""
        self._clock, self._usual = clock, usual
        self._alone = 0.0  # seconds of embedding while nothing was read
        self._batches: deque[tuple[int, float]] = deque()  # tokens and seconds, of the last while
        self._embedded = [0, 0.0]
        self._noted = 0.0
        self._bytes = self._tokens = 0
        self._reading = 0.0  # seconds
        self._last = self._clock()
        self._batch_before: float | None = None  # when one was there that nothing but embedding followed
        self.bytes_left = 0  # of files that are still to be read

    def begin_reading(self, size: int) -> None:
        """So many bytes are to be read in all."""
        self.bytes_left, self._last = size, self._clock()

    def read(self, size: int, tokens: int) -> None:
        """Files of so many bytes were committed, with so many tokens that wait for their vectors."""
        now = self._clock()
        self._reading += min(now - self._last, _LONGEST_GAP)
        self._last, self._batch_before = now, None
        self._bytes += size
        self._tokens += tokens
        self.bytes_left = max(self.bytes_left - size, 0)

    def embedded(self, tokens: int, seconds: float) -> None:
        """A batch took so long. While nothing but embedding goes on, what passes from one to the next counts:
        writing the vectors and choosing passages have a quarter of it."""
        now = self._clock()
        if self._batch_before is not None and now - self._batch_before < seconds + _LONGEST_GAP:
            seconds = max(now - self._batch_before, 1e-3)
            trusted, self._alone = self._alone >= _TRUSTED, self._alone + seconds
            if self._alone >= _TRUSTED and not trusted:  # from now on without those that were beside reading
                self._batches.clear()
                self._embedded = [0, 0.0]
        self._batch_before = now
        self._batches.append((tokens, seconds))
        self._embedded[0] += tokens
        self._embedded[1] += seconds
        while self._embedded[1] - self._batches[0][1] > _WINDOW:
            first = self._batches.popleft()
            self._embedded[0] -= first[0]
            self._embedded[1] -= first[1]

    @property
    def tokens_per_second(self) -> float:
        """Of the embedder, lately; 0.0 before its first batch."""
        return self._embedded[0] / self._embedded[1] if self._batches else 0.0

    def seconds_left(self, waiting: int) -> float | None:
        """Until everything is embedded, `waiting` tokens of files that were read and an estimate for the
        others; None while that would be a guess. A batch beside reading takes several times as long as one
        alone, and the first files tell little of the others."""
        speed = self.tokens_per_second if self._alone >= _TRUSTED else self._usual
        if not speed or self.bytes_left > self._bytes:
            return None
        rest = self.bytes_left / max(self._bytes, 1)
        return rest * self._reading + (waiting + rest * self._tokens) / speed

    def note(self, home: Home, fingerprint: str) -> None:
        """Keep the speed of this model for who asks what more will cost."""
        speed = self.tokens_per_second
        if self._embedded[0] < _WORTH_NOTING or abs(speed - self._noted) < self._noted / 10:
            return
        self._noted = speed
        _keep(home, fingerprint, round(speed, 1))


def noted_speed(home: Home, fingerprint: str) -> float | None:
    """Tokens a second that the model reached here lately; None where it was never used for long."""
    return _kept(home, fingerprint)


def note_speed(home: Home, fingerprint: str, speed: float) -> None:
    """Keep what a trial showed, until real work says better."""
    _keep(home, fingerprint, round(speed, 1))


def note_page_seconds(home: Home, seconds: float) -> None:
    """Keep how long a picture took to be read, for who asks what more will cost."""
    before = _kept(home, _PAGE)
    if before is None or abs(seconds - before) > before / 10:
        _keep(home, _PAGE, round(seconds, 2))


def noted_page_seconds(home: Home) -> float | None:
    return _kept(home, _PAGE)


def _keep(home: Home, name: str, figure: float) -> None:
    with suppress(HomeError):  # a full disk says so elsewhere
        write_json(home.speeds, {**(read_json(home.speeds) or {}), name: figure})


def _kept(home: Home, name: str) -> float | None:
    figures = read_json(home.speeds)
    figure = figures.get(name) if isinstance(figures, dict) else None
    return float(figure) if isinstance(figure, int | float) and figure > 0 else None
