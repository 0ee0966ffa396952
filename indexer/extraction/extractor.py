"""Extraction in a process of its own: a parser that hangs, crashes or fills memory costs one file."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from indexer.extraction.serving import OUT_OF_MEMORY, Messages, failure
from indexer.formats import Limits
from indexer.formats.reading import bytes_of
from indexer.formats.recognised import Line
from searcher.errors import ExtractionFailed, TookTooLong
from searcher.records import Block, Document
from searcher.settings import Settings

_LOOK_EVERY = 0.2  # seconds between looks at the clock and at memory
_STOPPED = "searcher was stopped before it was read"
_WORN_BYTES = 400 << 20  # an idle worker that keeps more than this is replaced


class Extractor:
    """Reads files in worker processes; `extract` may be called from many threads at once.

    Plain text takes the same way as PDF: a file costs the pipe about 0.1 ms, no reader can hurt the indexer,
    and reading runs beside the embedder instead of sharing the interpreter's lock with it."""

    def __init__(self, settings: Settings, *, workers: int = 1, limits: Limits | None = None) -> None:
        self.limits = limits or Limits.of(settings)
        self._workers = [_Worker(self.limits) for _ in range(workers)]
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()  # the one that is warm
        for worker in self._workers:
            self._idle.put(worker)
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watch_over, name="extraction limits", daemon=True)
        self._watch.start()

    def extract(
        self,
        path: Path,
        *,
        data: bytes | None = None,
        patience: float | None = None,
        recognised: Mapping[int, Sequence[Line]] | None = None,
    ) -> Document:
        """The document of one file; `data` is what it holds, for a caller who opened it himself, `recognised`
        the lines of its pages that are pictures. Raises ExtractionFailed, also for a reader that had to be
        stopped; TookTooLong after `patience` seconds of processor time, or thrice as many by the clock."""
        held = bytes_of(path, self.limits) if data is None else data
        worker = self._idle.get()
        try:
            return worker.extract(path, held, patience, recognised or {})
        finally:
            self._idle.put(worker)

    def map(
        self, paths: Iterable[Path], *, window: int = 8
    ) -> Iterator[tuple[Path, Document | ExtractionFailed]]:
        """Documents in the order of `paths`, with up to `window` of them read ahead of the consumer."""
        waiting: deque[tuple[Path, Future[Document | ExtractionFailed]]] = deque()
        with ThreadPoolExecutor(len(self._workers), thread_name_prefix="extraction") as threads:
            try:
                for path in paths:
                    waiting.append((path, threads.submit(self._outcome, path)))
                    if len(waiting) >= window:
                        first, future = waiting.popleft()
                        yield first, future.result()
                while waiting:
                    first, future = waiting.popleft()
                    yield first, future.result()
            finally:
                for _, future in waiting:
                    future.cancel()

    def _outcome(self, path: Path) -> Document | ExtractionFailed:
        try:
            return self.extract(path)
        except ExtractionFailed as error:
            return error

    def _watch_over(self) -> None:
        while not self._closed.wait(_LOOK_EVERY):
            for worker in self._workers:
                worker.look()

    def close(self) -> None:
        """End the workers; whatever they are reading is given up."""
        self._closed.set()
        self._watch.join()
        for worker in self._workers:
            worker.close()

    def __enter__(self) -> Extractor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def started(module: str) -> tuple[subprocess.Popen[bytes], Messages]:
    """A process that answers by the `serve` of a module, and the way to ask it. Raises OSError."""
    root = str(Path(__file__).parents[2])
    inherited = os.environ.get("PYTHONPATH")
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", f"from {module} import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([root, inherited] if inherited else [root])},
    )
    assert process.stdin and process.stdout
    return process, Messages(process.stdout, process.stdin)


class _Worker:
    """One process and the file it is reading; started at the first file, again after each loss."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: Messages | None = None
        self._begun: float | None = None  # when it was given its present file
        self._patience: float | None = None  # seconds of processor time for that
        self._hurried = False  # it was killed because that was over
        self._computed: float | None = None  # processor time it had used soon after that
        self._reason: str | None = None  # why the watch killed it
        self._worn = False  # memory it kept from earlier files
        self._closed = False
        self._files = 0  # it was given

    def extract(
        self, path: Path, data: bytes, patience: float | None, recognised: Mapping[int, Sequence[Line]]
    ) -> Document:
        self._patience = patience
        texts = json.dumps(recognised).encode() if recognised else b""
        for _ in range(2):  # an earlier file may have been the cause: once more, in a fresh process
            if document := self._attempt(path, data, texts):
                return document
        raise ExtractionFailed(self._post_mortem())

    def _attempt(self, path: Path, data: bytes, recognised: bytes) -> Document | None:
        """The document, or None where the process died of something another one may survive."""
        messages = self._start()
        self._files += 1
        with self._lock:
            self._begun, self._computed = time.monotonic(), None
        try:
            messages.send_bytes(os.fsencode(path))
            messages.send_bytes(data)
            messages.send_bytes(recognised)
            answer = messages.receive()
            if isinstance(answer, Document) and answer.kind == "code":
                answer = replace(answer, blocks=self._blocks(messages))
        except (EOFError, OSError):
            reason = self._post_mortem()
            if self._hurried:
                raise TookTooLong(reason) from None
            if self._files > 1 and not self._reason:
                return None
            raise ExtractionFailed(reason) from None
        finally:
            with self._lock:
                self._begun = None
        if isinstance(answer, Document):
            return answer
        raise failure(answer)

    def _blocks(self, messages: Messages) -> tuple[Block, ...]:
        """Of the code that was just read; none where its parser had to be stopped or crashed."""
        try:
            return tuple(messages.receive())
        except (EOFError, OSError):
            if self._hurried:  # there is more time for it later
                raise
            if self._process:
                _exit_code(self._process)
            return ()

    def _start(self) -> Messages:
        if self._messages and not self._worn and self._process and self._process.poll() is None:
            return self._messages
        if self._closed:
            raise ExtractionFailed(_STOPPED)
        self.stop()
        try:
            self._process, self._messages = started("indexer.extraction.serving")
            self._reason, self._worn, self._hurried, self._files = None, False, False, 0
            self._messages.send(self._limits)
        except OSError as error:
            raise ExtractionFailed(f"the reading process could not be started: {error.strerror}") from None
        return self._messages

    def look(self) -> None:
        """Called by the watch: end a process that is over its time or its memory."""
        with self._lock:
            process, begun = self._process, self._begun
            if process is None or process.poll() is not None:
                return
            resident, computed = _usage(process.pid)
            if begun is None:
                self._worn = resident > _WORN_BYTES
                return
            self._computed = computed if self._computed is None else self._computed
            waited = time.monotonic() - begun
            if computed - self._computed > self._limits.seconds or waited > self._limits.wall_seconds:
                self._reason = f"reading it took longer than {self._limits.seconds:g} s (extract_seconds)"
            elif resident > self._limits.memory_bytes:
                self._reason = self._needs_memory()
            elif self._patience and (
                computed - self._computed > self._patience or waited > 3 * self._patience
            ):
                self._reason, self._hurried = "others wait to be read", True
            else:
                return
            process.kill()

    def _post_mortem(self) -> str:
        """Why the process is gone, as a reason for the file it was reading."""
        process = self._process
        code = _exit_code(process) if process else None
        if self._closed:
            return _STOPPED
        if self._reason:
            return self._reason
        if code == OUT_OF_MEMORY:
            return self._needs_memory()
        return f"its reader crashed ({_how(code)})"

    def _needs_memory(self) -> str:
        return f"reading it needs more than {self._limits.memory_bytes >> 20} MB of memory"

    def close(self) -> None:
        self._closed = True
        self.stop()

    def stop(self) -> None:
        process, self._process, self._messages = self._process, None, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def _exit_code(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(timeout=5)
    except subprocess.TimeoutExpired:  # it said nonsense and lives on
        process.kill()
        return process.wait()


def _how(code: int | None) -> str:
    import signal

    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def _usage(pid: int) -> tuple[int, float]:
    """Resident bytes and seconds of processor time."""
    import psutil

    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return int(process.memory_info().rss), times.user + times.system
    except psutil.Error:
        return 0, 0.0
