"""The lives of an indexer that `benchmarks.kill` ends: each a process that tells, where it survives sudden
death, what it is doing at the moment and which texts it has embedded.

A life is forked from a nursery that has imported everything and opened the model, so that it begins at once.
"""

from __future__ import annotations

import functools
import hashlib
import json
import mmap
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

PHASES = (
    "starting",
    "reconciling",
    "scanning",
    "extracting",
    "writing",
    "deleting",
    "cataloguing",
    "embedding",
    "filling",
    "recutting",
    "swapping",
    "optimising",
    "waiting",
    "ended",
)
_ENTRY = struct.Struct("<If")  # times entered, seconds it took last
_SIZE = 1 + _ENTRY.size * len(PHASES)


class Marks:
    """What a life does, in a file that both sides map."""

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        if fresh:
            path.unlink(missing_ok=True)
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _SIZE)

    @property
    def phase(self) -> str:
        return PHASES[self._map[0]]

    def entered(self, phase: str) -> int:
        return int(self._entry(phase)[0])

    def seconds(self, phase: str) -> float:
        return float(self._entry(phase)[1])

    def enter(self, phase: str) -> None:
        times, seconds = self._entry(phase)
        _ENTRY.pack_into(self._map, self._at(phase), times + 1, seconds)
        self._map[0] = PHASES.index(phase)

    def leave(self, phase: str, back_to: str, seconds: float) -> None:
        _ENTRY.pack_into(self._map, self._at(phase), self._entry(phase)[0], seconds)
        self._map[0] = PHASES.index(back_to)

    def _at(self, phase: str) -> int:
        return 1 + _ENTRY.size * PHASES.index(phase)

    def _entry(self, phase: str) -> tuple[int, float]:
        times, seconds = _ENTRY.unpack_from(self._map, self._at(phase))
        return times, seconds


class Nursery:
    """Starts lives, one at a time; `settings` are the index's "dim" and "chunk_tokens"."""

    def __init__(self, home: Path, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.kill_lives", str(home), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "HF_HUB_OFFLINE": "1"},
        )

    def begin(self, way: str, settings: dict[str, int]) -> Marks:
        """A life: pass, watch, or recover (two passes whose summaries `told` gives). Its marks."""
        marks = Marks(self._folder / "marks", fresh=True)
        for name in ("texts", "told"):
            (self._folder / name).write_bytes(b"")
        self._pid = int(self._asked([way, settings]))
        return marks

    def kill(self) -> bool:
        """SIGKILL; False when the life had ended by itself."""
        os.kill(self._pid, signal.SIGKILL)  # nobody has waited for it yet, so the pid is still its own
        return int(self._asked([])) == -signal.SIGKILL

    def end(self) -> list[Any]:
        """Wait until the life ends: what it told, or the error it ended with."""
        code = int(self._asked([]))
        told = (self._folder / "told").read_text()
        return json.loads(told) if told else [f"it ended with code {code}"]

    def embedded(self) -> list[str]:
        """`text_key` of each text whose vector the last life computed."""
        return (self._folder / "texts").read_text().split()

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _asked(self, question: list[Any]) -> str:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


def text_key(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()


class _Lent:
    """The nursery's embedder at a life's own settings; closing it closes nothing."""

    def __init__(self, embedder: Any, settings: Any, log: int) -> None:
        self._embedder, self._log, self.width = embedder, log, embedder.width
        self.model = replace(embedder.model, dim=settings.dim, chunk_tokens=settings.chunk_tokens)
        self.device, self.note = embedder.device, embedder.note

    def count_tokens(self, texts: Sequence[str], **named: Any) -> list[int]:
        counts: list[int] = self._embedder.count_tokens(texts, **named)
        return counts

    def embed_full(self, texts: Sequence[str], **named: Any) -> Any:
        vectors = self._embedder.embed_full(texts, **named)
        os.write(self._log, b"".join(text_key(text).encode() + b"\n" for text in texts))
        return vectors

    def rest(self, *, deep: bool = False) -> None:
        self._embedder.rest(deep=deep)

    def wake(self) -> None:
        self._embedder.wake()

    def close(self) -> None:
        pass


def _nursery(home_at: str, folder: str) -> None:
    import lancedb  # noqa: F401

    from searcher.embedding import open_embedder
    from searcher.home import Home
    from searcher.settings import Settings

    home = Home(Path(home_at))
    # one thread: two that wait for each other on a busy machine burn its time
    embedder = open_embedder(home, Settings(threads=1), role="index")
    pid = 0
    for line in sys.stdin:
        if question := json.loads(line):
            pid = os.fork()
            if not pid:
                os._exit(_live(home, Path(folder), embedder, *question))
            print(pid, flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _live(home: Any, folder: Path, embedder: Any, way: str, given: dict[str, Any]) -> int:
    import indexer
    from indexer.running import passes
    from searcher.settings import Settings

    marks = Marks(folder / "marks")
    log = os.open(folder / "texts", os.O_WRONLY | os.O_APPEND)
    settings = Settings(threads=1, **given)
    passes.opened_embedder = lambda home, settings, **named: (_Lent(embedder, settings, log), "")
    _mark_steps(marks)
    told: list[Any] = []
    try:
        if way == "watch":
            indexer.watch(home, settings, stop=threading.Event())
        for _ in range({"pass": 1, "recover": 2}.get(way, 0)):
            told.append(indexer.index(home, settings).as_json())
        return 0
    except BaseException:
        told.append(traceback.format_exc())
        return 1
    finally:
        (folder / "told").write_text(json.dumps(told))
        marks.enter("ended")


def _mark_steps(marks: Marks) -> None:
    """Wrap the steps of the indexer so that each marks its beginning and its end."""
    from indexer.care import rebuild
    from indexer.catalogue import Catalogue
    from indexer.changes import watcher
    from indexer.running import passes
    from indexer.work import committer, pipeline
    from searcher.store import Store, upkeep

    for owner, name, phase in (
        (committer.Committer, "reconcile", "reconciling"),
        (pipeline, "scan", "scanning"),
        (pipeline.Pipeline, "_batch", "extracting"),
        (Store, "upsert", "writing"),
        (committer.Committer, "_delete", "deleting"),
        (Catalogue, "put", "cataloguing"),
        (Catalogue, "remove", "cataloguing"),
        (_Lent, "embed_full", "embedding"),
        (Store, "fill_vectors", "filling"),
        (rebuild, "_begin", "recutting"),
        (passes, "swap", "swapping"),
        (upkeep, "_compacted", "optimising"),
        (watcher.Watcher, "wait", "waiting"),
    ):
        setattr(owner, name, _marked(getattr(owner, name), phase, marks))


def _marked(step: Callable[..., Any], phase: str, marks: Marks) -> Callable[..., Any]:
    @functools.wraps(step)
    def marked(*arguments: Any, **named: Any) -> Any:
        before, began = marks.phase, time.monotonic()
        marks.enter(phase)
        try:
            return step(*arguments, **named)
        finally:
            marks.leave(phase, before, time.monotonic() - began)

    return marked


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # of the database, about forking; its runtime is not running yet
    _nursery(*sys.argv[1:])
