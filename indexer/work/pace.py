"""How fast it goes, and how long the rest will take."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress

from searcher.errors import HomeError
from searcher.files import read_json, write_json
from searcher.home import Home

_WINDOW = 60.0  # seconds of the embedder's time that say how fast it is now
_HISTORY, _PART = 3600.0, 5.0  # seconds of it that are kept, in parts of so many
_WORTH_NOTING = 2_000  # tokens; fewer say little about the next thousands
_LIKE_OTHERS = 20_000  # bytes of a kind of file after which it is no longer thought to be like the others
_PAGE = "seconds a page"  # of recognition, kept beside the models' speeds
_LONGEST_GAP = 5.0  # seconds between two commits; more was spent on something else
_TRUSTED = 3.0  # seconds of embedding beside nothing else, before which its speed tells little


class Pace:
    """Counts what is read and embedded. Time is that of a person's clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, usual: float | None = None) -> None:
        """`usual`: tokens a second that the embedder reached here before, if it did."""
        self._clock, self._usual = clock, usual
        self._alone = 0.0  # seconds of embedding while nothing was read
        self._parts: deque[list[float]] = deque()  # tokens and seconds of batches, the latest last
        self._noted = 0.0
        self._left: Counter[str] = Counter()  # bytes to be read, by the ending of a file's name
        self._read: dict[str, list[float]] = {}  # bytes that were read and tokens they had, likewise
        self._reading = 0.0  # seconds
        self._last = self._clock()
        self._batch_before: float | None = None  # when one was there that nothing but embedding followed

    def begin_reading(self, sizes: Mapping[str, int]) -> None:
        """So many bytes are to be read in all, by the ending of a file's name."""
        self._left, self._last = Counter(sizes), self._clock()

    def read(self, sizes: Mapping[str, int], tokens: Mapping[str, int]) -> None:
        """Files of so many bytes were committed, with so many tokens that wait for their vectors."""
        now = self._clock()
        self._reading += min(now - self._last, _LONGEST_GAP)
        self._last, self._batch_before = now, None
        for ending, size in sizes.items():
            seen = self._read.setdefault(ending, [0.0, 0.0])
            seen[0] += size
            seen[1] += tokens.get(ending, 0)
        self._left -= Counter(sizes)  # keeps what is above nothing

    def embedded(self, tokens: int, seconds: float) -> None:
        """A batch took so long. While nothing but embedding goes on, what passes from one to the next counts:
        writing the vectors and choosing passages have a quarter of it."""
        now = self._clock()
        if self._batch_before is not None and now - self._batch_before < seconds + _LONGEST_GAP:
            seconds = max(now - self._batch_before, 1e-3)
            trusted, self._alone = self._alone >= _TRUSTED, self._alone + seconds
            if self._alone >= _TRUSTED and not trusted:  # from now on without those that were beside reading
                self._parts.clear()
        self._batch_before = now
        if not self._parts or self._parts[-1][1] >= _PART:
            self._parts.append([0.0, 0.0])
            if len(self._parts) > _HISTORY / _PART:
                self._parts.popleft()
        self._parts[-1][0] += tokens
        self._parts[-1][1] += seconds

    @property
    def tokens_per_second(self) -> float:
        """Of the embedder, lately; 0.0 before its first batch."""
        return self._speed()

    def seconds_left(self, waiting: int) -> float | None:
        """Until everything is embedded, `waiting` tokens of files that were read and an estimate for the
        others; None while that would be a guess. A batch beside reading takes several times as long as one
        alone, and the first files tell little of the others."""
        bytes_read, tokens_read = (sum(seen[n] for seen in self._read.values()) for n in (0, 1))
        if self._left.total() > bytes_read:
            return None
        mean = tokens_read / max(bytes_read, 1)
        left = float(waiting)
        for ending, size in self._left.items():
            own, had = self._read.get(ending, (0.0, 0.0))
            left += size * (had + mean * _LIKE_OTHERS) / (own + _LIKE_OTHERS)
        speed = self._speed(left) if self._alone >= _TRUSTED else self._usual
        if not speed:
            return None
        return self._left.total() / max(bytes_read, 1) * self._reading + left / speed

    def _speed(self, tokens: float = 0.0) -> float:
        """Tokens a second, of the last minute, or of as long as so many took: other work on the machine comes
        and goes, and the past tells best of a future of the same length."""
        done = took = 0.0
        for part, seconds in reversed(self._parts):
            done, took = done + part, took + seconds
            if took >= _WINDOW and done >= tokens:
                break
        return done / took if took else 0.0

    def note(self, home: Home, fingerprint: str) -> None:
        """Keep the speed of this model for who asks what more will cost."""
        speed = self.tokens_per_second
        if (
            sum(tokens for tokens, _ in self._parts) < _WORTH_NOTING
            or abs(speed - self._noted) < self._noted / 10
        ):
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
