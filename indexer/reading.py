"""Files to documents and chunks, ahead of the writer, in threads that wait for the extraction process."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from indexer.chunking import chunk
from indexer.scan import Task
from indexer.worker import Extractor
from searcher.embedding import Embedder
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Chunk, Document
from searcher.settings import Settings

_AHEAD = 6  # files read beyond the one being written


@dataclass(frozen=True, slots=True)
class Read:
    """A task with what its file holds. `failure` says why it holds nothing; `document` is None then, and
    when the content is what the catalogue knows already."""

    task: Task
    hash: str = ""
    document: Document | None = None
    chunks: tuple[Chunk, ...] = ()
    failure: str = ""
    skipped: str = ""  # a kind of file that is not read at all
    vanished: bool = False  # deleted or moved meanwhile, which an event or the next pass tells


class Reader:
    """Reads for two lanes: files a person saves now never wait behind those of a bulk."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._extractor = Extractor(settings, workers=2)
        self._lanes = [
            ThreadPoolExecutor(1, thread_name_prefix=f"reading {name}") for name in ("now", "bulk")
        ]
        self._embedder = embedder

    def now(self, tasks: Iterable[Task]) -> Iterator[Read]:
        """In the order given, before everything else."""
        queue = Ahead(self._lanes[0], self._one, tasks)
        while (read := queue.take(None)) is not None:
            yield read

    def bulk(self, tasks: Sequence[Task]) -> Ahead:
        return Ahead(self._lanes[1], self._one, tasks)

    def _one(self, task: Task) -> Read:
        path = Path(task.found.path)
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
            before = task.before
            if before and before.status in ("indexed", "offline") and before.hash == digest:
                return Read(task, digest)
            document = self._extractor.extract(path)
            model = self._embedder.model
            chunks = chunk(
                document, path=task.found.path, count=self._embedder.count_tokens, target=model.chunk_tokens,
                limit=model.max_tokens,
            )  # fmt: skip
        except UnreadableKind as error:
            return Read(task, skipped=str(error))
        except ExtractionFailed as error:
            return Read(task, failure=str(error), vanished=not path.exists())
        except (FileNotFoundError, NotADirectoryError):
            return Read(task, vanished=True)
        except OSError as error:
            return Read(task, failure=f"cannot be read: {error.strerror or error}")
        if not chunks:
            return Read(task, digest, failure="it holds no text")
        return Read(task, digest, document, tuple(chunks))

    def close(self) -> None:
        self._extractor.close()  # first: a slow reader is given up
        for lane in self._lanes:
            lane.shutdown(cancel_futures=True)


class Ahead:
    """Reads in order, a few files ahead of whoever takes them."""

    def __init__(self, lane: Executor, read: Callable[[Task], Read], tasks: Iterable[Task]) -> None:
        self._lane, self._read, self._tasks = lane, read, iter(tasks)
        self._waiting: deque[Future[Read]] = deque()

    def take(self, seconds: float | None) -> Read | None:
        """The next one, or None when there is none or it takes longer than `seconds`."""
        for task in islice(self._tasks, _AHEAD + 1 - len(self._waiting)):
            self._waiting.append(self._lane.submit(self._read, task))
        if not self._waiting:
            return None
        try:
            read = self._waiting[0].result(seconds)
        except TimeoutError:
            return None
        self._waiting.popleft()
        return read

    def drop(self) -> None:
        for future in self._waiting:
            future.cancel()
        self._waiting.clear()
        self._tasks = iter(())
