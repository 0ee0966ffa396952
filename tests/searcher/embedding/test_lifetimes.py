"""Memory of llama.cpp is freed once, after its last use; a derived file is built once, by one process."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from searcher.embedding.context import Context, Shape
from searcher.embedding.llama import Weights
from searcher.errors import EmbeddingFailed, ModelBroken
from searcher.home import Home
from searcher.lending import Shared

Model = Callable[..., Path]
ROW = np.arange(5, 45, dtype=np.int32)


@pytest.fixture
def weights(small_model: Model) -> Weights:
    return Weights(small_model("F32"))


def _context(weights: Weights) -> Context:
    return Context(weights, Shape(sequences=1, batch=128, micro=128), pooling="last", threads=1)


def test_a_closed_context_computes_nothing(weights: Weights) -> None:
    context = _context(weights)
    context.compute([ROW])
    context.close()
    context.close()
    for compute in (lambda: context.compute([ROW]), lambda: context.continued(ROW)):
        with pytest.raises(EmbeddingFailed, match="was closed"):
            compute()


def test_closing_between_the_calls_of_other_threads(weights: Weights) -> None:
    for _ in range(10):
        context = _context(weights)

        def work(context: Context = context) -> int:
            done = 0
            while True:
                try:
                    context.continued(ROW)
                except EmbeddingFailed:
                    return done
                done += 1

        with ThreadPoolExecutor(2) as pool:
            calls = [pool.submit(work) for _ in range(2)]
            context.compute([ROW])
            context.close()
            assert all(call.result() >= 0 for call in calls)


def test_weights_stay_as_long_as_a_context_computes_with_them(weights: Weights) -> None:
    context = _context(weights)
    before = context.compute([ROW])
    weights.close()
    with pytest.raises(EmbeddingFailed, match="was closed"):
        weights.tokenize("a text")
    with pytest.raises(EmbeddingFailed, match="was closed"):
        _context(weights)
    assert np.array_equal(context.compute([ROW]), before)
    context.close()


def test_weights_of_one_file_share_its_memory(small_model: Model, tmp_path: Path) -> None:
    model = small_model("F32")
    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(lambda _: Weights(model), range(4)))
    assert len({weights.model for weights in shared}) == 1
    context = _context(shared[0])
    before = context.compute([ROW])
    for weights in shared[1:]:
        weights.close()
        weights.close()
    assert np.array_equal(context.compute([ROW]), before)
    assert shared[0].tokenize("a text").size
    context.close()
    shared[0].close()
    # one that cannot be loaded is no model that others share
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF")
    for _ in range(2):
        with pytest.raises(ModelBroken, match=r"broken\.gguf"):
            Weights(broken)
    broken.unlink()
    with pytest.raises(ModelBroken, match="No such file"):
        Weights(broken)


def _resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_what_is_forgotten_is_freed(weights: Weights) -> None:
    """Four contexts that nobody closes keep 230 MB where nothing frees them."""

    def make() -> None:
        shape = Shape(sequences=8, batch=2048, micro=2048)
        row = np.full(2000, 7, np.int32)
        Context(weights, shape, pooling="last", threads=1).compute([row])

    make()
    gc.collect()
    before = _resident()
    for _ in range(4):
        make()
    gc.collect()
    assert _resident() - before < 100 << 20


def test_what_is_shared_is_closed_once_and_last() -> None:
    closed: list[str] = []
    shared = Shared("thing", closed.append)
    with shared.borrowed(), shared.borrowed():
        shared.let_go()
        shared.let_go()
        assert closed == []
        with pytest.raises(LookupError):
            shared.borrow()
    assert closed == ["thing"]
    shared.let_go()
    assert closed == ["thing"]


def test_what_is_shared_is_closed_with_its_owner() -> None:
    class Owner:
        pass

    closed: list[str] = []
    owner = Owner()
    shared = Shared("thing", closed.append)
    shared.let_go_with(owner)
    gone = weakref.ref(owner)
    with shared.borrowed():
        del owner
        gc.collect()
        assert gone() is None and closed == []
    assert closed == ["thing"]


BUILD = """
import json, sys
from pathlib import Path
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.settings import Settings

print("ready", flush=True)
sys.stdin.readline()
embedder = open_embedder(Home(Path(sys.argv[1])), Settings(model=sys.argv[2]), role="index")
first = embedder.embed_full(["the web"])
(layers,) = Path(sys.argv[1], "models").glob("*.layers.gguf")
print(layers.stat().st_ino, flush=True)
sys.stdin.readline()
assert (embedder.embed_full(["the web"]) == first).all()
print(layers.stat().st_ino, flush=True)
"""


def test_processes_that_begin_at_once_build_one_file(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32", layers=6)
    builders = [
        subprocess.Popen(
            [sys.executable, "-c", BUILD, str(bare_home.root), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        for _ in range(3)
    ]
    seen: list[str] = []
    try:
        for line in ("ready", "built", "used"):
            for builder in builders:
                assert builder.stdout and builder.stdin
                said = builder.stdout.readline().strip()
                assert said, "a process ended"
                if line != "ready":
                    seen.append(said)
            for builder in builders if line != "used" else ():  # then they end
                assert builder.stdin
                builder.stdin.write("\n")
                builder.stdin.flush()
    finally:
        for builder in builders:
            builder.communicate()
    assert [builder.returncode for builder in builders] == [0, 0, 0]
    assert len(set(seen)) == 1
    (record,) = bare_home.models.glob("*.layers.json")
    assert (
        json.loads(record.read_text())["size"] == next(bare_home.models.glob("*.layers.gguf")).stat().st_size
    )
