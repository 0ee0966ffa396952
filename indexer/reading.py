"""Files to documents and chunks, ahead of the writer, in threads that wait for the extraction process."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
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


class Reader:
    """Reads in order, a few files ahead."""

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._extractor = Extractor(settings)
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._embedder = embedder

    def read(self, tasks: Iterable[Task]) -> Iterator[Read]:
        waiting: deque[Future[Read]] = deque()
        for task in tasks:
            waiting.append(self._threads.submit(self._one, task))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

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
            return Read(task, failure=str(error))
        except OSError as error:
            return Read(task, failure=f"cannot be read: {error.strerror or error}")
        if not chunks:
            return Read(task, digest, failure="it holds no text")
        return Read(task, digest, document, tuple(chunks))

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._extractor.close()
