"""Shards on Ray: reading and embedding are actors wherever there are processors, the one writer is here.

It appends 48,000 passages a second, and a machine without a GPU embeds ten: nothing is won by more of them.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from itertools import cycle
from typing import Any

from indexer.bulk.ledger import append
from indexer.bulk.shards import Embedding, Reading, Shard, ShardPlan, shards
from indexer.changes.scan import Task
from indexer.work.pipeline import Pipeline
from searcher.embedding import cards, machine
from searcher.embedding.local import MOST_CONTEXTS
from searcher.errors import SearcherError, UsageError

_AHEAD = 2  # shards of an embedding actor: one is computed, one is on its way
_AT_ONCE = 16  # shards a commit
_TRIES = 3  # of a shard whose worker dies, before it is left to this process
_MEMORY = 256 << 20  # bytes for shards on their way, of a cluster that is started here
_LOOK_SECONDS = 1.0
_ANSWER_SECONDS = 10.0
_CARD_SECONDS = 60.0  # until a worker that was given a graphics card has started
_NEWS_SECONDS = 5.0  # until each part of a cluster knows what the others have
_ALONE = {  # a cluster of one machine tells nobody of itself, and obeys who has the token alone
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "token",
}

UNUSED = (
    "Ray has graphics cards, but llama.cpp there was not built for them: the processors embed; the README "
    "says how to build it"
)

TAKEN = "Ray's graphics cards are all taken by other work: the processors embed"

Bulk = Callable[[Pipeline], None]


@contextmanager
def on_ray(address: str = "") -> Iterator[Bulk]:
    """What does the new files of a pass, on the cluster at `address`; without one, on the processors of this
    machine. To be entered before LanceDB is imported, whose threads do not outlive a fork.

    Raises UsageError where Ray is not installed, SearcherError where it cannot be used."""
    if find_spec("ray") is None:
        raise UsageError("the engine ray needs one more package; run `pip install ray`")
    before = dict(os.environ)
    # a folder of its own: it holds the texts of shards, and the name of a socket there must be short
    short = "/tmp" if os.path.isdir("/tmp") else None
    with tempfile.TemporaryDirectory(prefix="ray", dir=short, ignore_cleanup_errors=True) as folder:
        os.environ.update({} if address else {**_ALONE, "RAY_AUTH_TOKEN": secrets.token_hex(32)})
        try:
            ray = _connected(address, folder)
            try:
                yield lambda pipeline: _Run(ray, pipeline).work()
            finally:
                ray.shutdown()
        finally:
            os.environ.clear()
            os.environ.update(before)


def _connected(address: str, folder: str) -> Any:
    """The module `ray`."""
    import ray

    alone = {
        "num_cpus": machine.threads(),
        "include_dashboard": False,
        "object_store_memory": _MEMORY,
        "_node_ip_address": "127.0.0.1",
        "_temp_dir": folder,
    }
    where: dict[str, Any] = {"address": address} if address else alone
    try:
        host, _, port = address.removeprefix("ray://").rpartition(":")
        if port.isdecimal():  # Ray itself waits for three minutes
            socket.create_connection((host, int(port)), timeout=_ANSWER_SECONDS).close()
        ray.init(**where, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, TimeoutError, RuntimeError, ValueError, OSError) as error:
        told = f"the cluster at {address}" if address else "Ray on this machine"
        reason = " ".join(str(error).split())[:200]
        raise SearcherError(f"{told} cannot be used: {reason}") from error
    return ray


def free_cards(ray: Any, tell: Callable[[str], None]) -> int:
    """Graphics cards of a cluster that has some, which nobody has taken and llama.cpp can use; where there
    are none, the reason is told."""
    end = time.monotonic() + _NEWS_SECONDS
    while not (free := int(ray.available_resources().get("GPU", 0))) and time.monotonic() < end:
        time.sleep(0.2)
    if not free:
        tell(TAKEN)
        return 0
    # asked where a card is: this process need not have any
    asked = ray.remote(cards.are_usable).options(num_cpus=0, num_gpus=1, max_retries=0).remote()
    try:
        usable = bool(ray.get(asked, timeout=_CARD_SECONDS))
    except ray.exceptions.GetTimeoutError:  # somebody was quicker
        ray.cancel(asked, force=True)
        tell(TAKEN)
        return 0
    except ray.exceptions.RayError:
        usable = False
    if not usable:
        tell(UNUSED)
    return free if usable else 0


class _Died(Exception):
    """A worker did."""


class _Run:
    """One bulk of shards."""

    def __init__(self, ray: Any, pipeline: Pipeline) -> None:
        self._ray, self._pipeline = ray, pipeline
        self._waiting = deque(shards(pipeline.hand_out()))
        self._size = self._left = sum(task.entry.size for tasks in self._waiting for task in tasks)
        self._tried: Counter[str] = Counter()  # by the first path of a shard
        self._began, self._tokens = time.monotonic(), 0

    def work(self) -> None:
        """Until all are written; what a worker died of is left to the pipeline. Raises what a worker
        raised."""
        if not self._waiting:
            return
        ray, (embedders, readers) = self._ray, self._actors()
        opening = {actor.open.remote(self._plan): actor for actor in embedders}
        running: dict[Any, tuple[Any, list[Task]]] = {}
        failed: Counter[int] = Counter()  # times an actor could not be opened, in a row, by its id()
        while self._waiting or running:
            for actor in embedders:
                while self._waiting and self._has_room(actor, opening, running):
                    tasks = self._waiting.popleft()
                    passages = next(readers).read.remote(self._plan, tasks)
                    running[actor.embed.remote(self._plan, passages)] = actor, tasks
            refs = [*opening, *running]
            if not refs:
                break
            ray.wait(refs, timeout=_LOOK_SECONDS)
            done = ray.wait(refs, num_returns=len(refs), timeout=0)[0][:_AT_ONCE]
            made: list[tuple[Shard, list[Task]]] = []
            for ref in done:
                actor, tasks = running.pop(ref) if ref in running else (opening.pop(ref), [])
                try:
                    shard = self._result(ref)  # or what an actor that was opened has to say
                except _Died:
                    if tasks:
                        self._again(tasks)
                    else:
                        failed[id(actor)] += 1
                        if failed[id(actor)] == _TRIES:
                            embedders.remove(actor)
                    # Ray starts it again where there is room for it; until then it gets no shards
                    if actor in embedders and actor not in opening.values():
                        opening[actor.open.remote(self._plan)] = actor
                    continue
                failed[id(actor)] = 0
                if tasks:
                    made.append((shard, tasks))
                elif shard:
                    self._pipeline.tell(shard)
            self._write(made)
        for tasks in self._waiting:  # nobody is left to do it
            self._give_up(tasks)

    @staticmethod
    def _has_room(actor: Any, opening: dict[Any, Any], running: dict[Any, tuple[Any, list[Task]]]) -> bool:
        busy = sum(other is actor for other, _ in running.values())
        return busy < _AHEAD and actor not in opening.values()

    def _actors(self) -> tuple[list[Any], Iterator[Any]]:
        """Those that embed, one for each graphics card that llama.cpp can use, else one for some processors;
        and those that read, in turn."""
        ray, pipeline = self._ray, self._pipeline
        settings, store = pipeline.settings, pipeline.store
        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        processors = [int(node["CPU"]) for node in nodes if node.get("CPU", 0) >= 1] or [1]
        each = min(settings.threads or MOST_CONTEXTS, *processors)
        count, needs = sum(own // each for own in processors), {"num_cpus": each}
        readers = count
        found = sum(int(node.get("GPU", 0)) for node in nodes)
        if found and settings.gpu_layers.strip() != "0" and (free := free_cards(ray, pipeline.tell)):
            count, needs, readers = free, {"num_cpus": 1, "num_gpus": 1}, max(sum(processors) // 2, 1)
        own = replace(settings, threads=each, hub=False)
        self._plan = ray.put(ShardPlan.of(pipeline.home, own, store))
        lasting = {"max_restarts": -1, "scheduling_strategy": "SPREAD"}
        embedding = ray.remote(Embedding).options(**needs, **lasting)
        reading = ray.remote(Reading).options(num_cpus=0, **lasting)
        embedders = [embedding.remote() for _ in range(count)]
        return embedders, cycle([reading.remote() for _ in range(readers)])

    def _result(self, ref: Any) -> Any:
        """Raises _Died where a worker died of it."""
        errors = self._ray.exceptions
        try:
            return self._ray.get(ref)
        except errors.RayTaskError as error:
            cause = error.cause
            if isinstance(cause, errors.RayError):
                raise _Died from error
            raise cause from None
        except errors.RayError as error:
            raise _Died from error

    def _again(self, tasks: list[Task]) -> None:
        name = tasks[0].stored
        self._tried[name] += 1
        if self._tried[name] < _TRIES:
            self._waiting.append(tasks)
        else:
            self._give_up(tasks)

    def _give_up(self, tasks: list[Task]) -> None:
        self._pipeline.take_back(tasks)
        self._left -= sum(task.entry.size for task in tasks)

    def _write(self, made: Sequence[tuple[Shard, list[Task]]]) -> None:
        pipeline = self._pipeline
        made_shards = [shard for shard, _ in made]
        if made:
            append(pipeline.home, pipeline.store, pipeline.catalogue, made_shards)
        self._left -= sum(task.entry.size for _, tasks in made for task in tasks)
        self._tokens += sum(shard.tokens for shard in made_shards)
        seconds = time.monotonic() - self._began
        done = self._size - self._left
        pipeline.wrote(
            [file for shard in made_shards for file in shard.files],
            passages=sum(len(shard.rows) for shard in made_shards),
            embedded=sum(shard.embedded for shard in made_shards),
            reused=sum(shard.reused for shard in made_shards),
            tokens=sum(shard.tokens for shard in made_shards),
            speed=self._tokens / seconds,
            seconds_left=seconds * self._left / done if done else None,
        )
