"""Every way a model can be wrong has a name and a remedy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from searcher.embedding import open_embedder
from searcher.errors import EmbeddingFailed, ModelBroken, ModelNotFound, SettingsError
from searcher.home import Home
from searcher.settings import Settings

Model = Callable[..., Path]


def _open(home: Home, model: Path | str, **settings: object) -> object:
    return open_embedder(home, Settings(model=str(model), **settings), role="index")  # type: ignore[arg-type]


@pytest.mark.parametrize("keep", [100, 20_000, -1000])
def test_a_truncated_file(bare_home: Home, small_model: Model, tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cut.gguf"
    path.write_bytes(small_model("F32").read_bytes()[:keep])
    with pytest.raises(ModelBroken, match=r"cut\.gguf is truncated or damaged"):
        _open(bare_home, path)
    assert not list(bare_home.models.glob("*.gguf"))


def test_a_library_that_this_machine_cannot_load(tmp_path: Path) -> None:
    """One that was compiled elsewhere, say."""
    (tmp_path / "libllama.so").write_bytes(b"\x7fELF")
    code = "from searcher.embedding.llama import library; library()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "LLAMA_CPP_LIB_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "EmbeddingFailed: llama.cpp cannot be loaded (" in last and "file too short" in last
    assert last.endswith("--no-binary llama-cpp-python llama-cpp-python`")


def test_what_is_no_gguf(bare_home: Home, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, not a model")
    with pytest.raises(ModelBroken, match="is not a GGUF file"):
        _open(bare_home, path)


def test_an_unknown_name(bare_home: Home) -> None:
    with pytest.raises(ModelNotFound, match=r"neither a GGUF file nor one of qwen3-0\.6b"):
        _open(bare_home, "qwen9")


def test_a_chat_model(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32", name="Qwen3-0.6B-Instruct", pooling=None)
    with pytest.raises(ModelBroken, match="is not an embedding model"):
        _open(bare_home, path)


def test_another_decoder_with_pooling(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32", name="Some-Embedder", add_eos=False)
    embedder = _open(bare_home, path)
    vectors = embedder.embed_full(["the web", "a search"])  # type: ignore[attr-defined]
    assert vectors.shape == (2, 1024)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert not embedder.model.mrl  # type: ignore[attr-defined]


@pytest.mark.parametrize("pooling", [1, 3])
def test_a_decoder_with_its_own_pooling(bare_home: Home, small_model: Model, pooling: int) -> None:
    path = small_model("F32", name=f"Some-Embedder-{pooling}", pooling=pooling)
    one, two = (_open(bare_home, path).embed_full([text])[0] for text in ("the web", "the webs"))  # type: ignore[attr-defined]
    assert 0 < one @ two < 0.9999


def test_a_file_changed_while_in_use(bare_home: Home, small_model: Model, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    shutil.copy(small_model("F32"), path)
    embedder = _open(bare_home, path)
    embedder.embed_full(["before"])  # type: ignore[attr-defined]
    replacement = tmp_path / "other.gguf"
    shutil.copy(small_model("Q8_0"), replacement)
    os.replace(replacement, path)
    with pytest.raises(ModelBroken, match=r"model\.gguf was changed while in use; restart"):
        embedder.embed_full(["after"])  # type: ignore[attr-defined]


def test_a_derived_file_is_made_again_when_another_hand_changed_it(
    bare_home: Home, small_model: Model
) -> None:
    path = small_model("F32")
    before = _open(bare_home, path).embed_full(["the web"])  # type: ignore[attr-defined]
    (derived,) = bare_home.models.glob("*.layers.gguf")
    derived.write_bytes(b"GGUF, but not any more")
    assert np.array_equal(_open(bare_home, path).embed_full(["the web"]), before)  # type: ignore[attr-defined]


OUT_OF_MEMORY = """
import resource, sys
from pathlib import Path
from searcher.embedding import open_embedder
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.settings import Settings

embedder = open_embedder(Home(Path(sys.argv[1])), Settings(model=sys.argv[2]), role="index")
embedder.embed_full(["threads are started, small buffers made"])
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 4_000_000, used + 4_000_000))
try:
    embedder.embed_full(["one long text " * 390])
except SearcherError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the memory limit is Linux's")
def test_out_of_memory(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32")
    _open(bare_home, path)
    ended = subprocess.run(
        [sys.executable, "-c", OUT_OF_MEMORY, str(bare_home.root), str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert ended.stdout.startswith("EmbeddingFailed no memory to compute with"), ended.stdout + ended.stderr


def test_llama_cpp_prints_nothing(
    bare_home: Home, small_model: Model, capfd: pytest.CaptureFixture[str]
) -> None:
    _open(bare_home, small_model("F32")).embed_full(["the web"])  # type: ignore[attr-defined]
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


def test_gpu_layers_without_a_gpu_is_a_note(bare_home: Home, small_model: Model) -> None:
    from searcher.embedding.llama import library

    lines: list[str] = []
    settings = Settings(model=str(small_model("F32")), gpu_layers="12")
    open_embedder(bare_home, settings, announce=lines.append)
    noted = any("has no GPU support" in line for line in lines)
    assert noted is not bool(library().llama_supports_gpu_offload())


def test_weights_that_do_not_exist(bare_home: Home, small_model: Model) -> None:
    with pytest.raises(SettingsError, match="must be file or bf16"):
        _open(bare_home, small_model("F32"), weights="int2")


def test_a_closed_embedder_says_so(bare_home: Home, small_model: Model) -> None:
    embedder = _open(bare_home, small_model("F32"))
    embedder.embed_full(["the web"])  # type: ignore[attr-defined]
    embedder.close()  # type: ignore[attr-defined]
    for text in ("the web", "a text it has not met"):
        with pytest.raises(EmbeddingFailed, match="was closed"):
            embedder.embed_full([text])  # type: ignore[attr-defined]


def test_closing_waits_for_a_long_text(bare_home: Home, small_model: Model) -> None:
    embedder = _open(bare_home, small_model("F32"))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(embedder.embed_full, ["one long text " * 390])  # type: ignore[attr-defined]
        while not embedder._long.locked() and not answer.done():  # type: ignore[attr-defined]
            pass
        embedder.close()  # type: ignore[attr-defined]
        assert answer.result().shape == (1, 1024)
