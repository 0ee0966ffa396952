"""What a reader is given: a file's bytes, its name, and how much it may make of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.formats.recognised import Line
from searcher.errors import ExtractionFailed
from searcher.settings import Settings
from searcher.system import READER_MEMORY

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one file's extraction, members and attachments included. Sizes in bytes, times in seconds."""

    file_bytes: int = 50 * MEGABYTE
    characters: int = 10_000_000  # of extracted text; the rest is left out with a note
    unpacked_bytes: int = 512 * MEGABYTE  # of everything inside containers, all levels together
    ratio: int = 200  # unpacked to packed, for containers that unpack to more than 16 MB
    members: int = 10_000  # of one container
    depth: int = 3  # containers inside containers
    archives: bool = False  # read the members of zip archives
    seconds: float = 60.0  # of processor time: a busy machine must not make a long file unreadable
    memory_bytes: int = READER_MEMORY  # address space of the worker process

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        return cls(
            file_bytes=int(settings.max_file_mb * MEGABYTE),
            archives=settings.archives,
            seconds=settings.extract_seconds,
        )

    @property
    def wall_seconds(self) -> float:
        """By the clock: for a reader that waits instead of computing, or computes at lowest priority."""
        return self.seconds * 5


_GLANCE = 0.01  # seconds by the clock, of which asking costs a tenth of asking for the processor time
_SHARE = 0.7  # of the seconds: what is read by then is kept, before the process is stopped


@dataclass(slots=True)
class Budget:
    """What the containers of one file may still unpack, in bytes, and until when its readers may go on."""

    left: int
    until: float  # processor time of this process, seconds
    _next: float = 0.0  # by the clock: no processor time to speak of passes before

    @classmethod
    def of(cls, limits: Limits) -> Budget:
        return cls(limits.unpacked_bytes, time.process_time() + limits.seconds * _SHARE)

    @property
    def late(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        if time.process_time() > self.until:
            return True
        self._next = now + _GLANCE
        return False

    def spend(self, size: int) -> None:
        """Raises ExtractionFailed once the file has unpacked more than it may."""
        self.left -= size
        if self.left < 0:
            raise ExtractionFailed("it unpacks to more data than is read from one file (a zip bomb?)")


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one member of a container."""

    name: str  # file name, for what only the name tells: the language of code
    data: bytes = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    depth: int = 0  # containers around it
    budget: Budget = field(default_factory=lambda: Budget.of(Limits()))
    recognised: Mapping[int, tuple[Line, ...]] = field(default_factory=dict)  # by page or picture, from 1

    def member(self, name: str, data: bytes) -> Source:
        """A file found inside this one. Raises ExtractionFailed beyond the permitted depth."""
        if self.depth + 1 > self.limits.depth:
            raise ExtractionFailed(f"nested more than {self.limits.depth} containers deep")
        self.budget.spend(len(data))
        return Source(name, data, self.limits, self.depth + 1, self.budget)
