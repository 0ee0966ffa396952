"""The thin layer over llama.cpp's C interface: the library, a model's weights and its vocabulary."""

from __future__ import annotations

import ctypes
import os
import threading
from collections import deque
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.embedding import machine
from searcher.errors import EmbeddingFailed, ModelBroken
from searcher.lending import Shared

Tokens = npt.NDArray[np.int32]

_complaints: deque[str] = deque(maxlen=8)
_callbacks: list[Any] = []


@cache
def library() -> Any:
    """llama.cpp's functions, its log kept for error messages in place of stderr. Raises EmbeddingFailed where
    it cannot be loaded: a wheel from another machine may need what this one lacks."""
    machine.rest_between_steps()
    try:
        import llama_cpp.llama_cpp as functions
    except (ImportError, OSError, RuntimeError) as error:
        reason = str(error).rpartition("': ")[2] or str(error)
        needed = ": `apt-get install libgomp1`" if "libgomp" in reason else ""
        raise EmbeddingFailed(
            f"llama.cpp cannot be loaded ({reason}); install what it needs{needed}, or compile it here: "
            "`pip install --force-reinstall --no-binary llama-cpp-python llama-cpp-python`"
        ) from error

    @functions.llama_log_callback  # type: ignore[untyped-decorator]
    def keep(level: int, text: bytes, _: Any) -> None:
        if level == 4:  # GGML_LOG_LEVEL_ERROR
            _complaints.append(text.decode("utf-8", "replace").strip())

    functions.llama_log_set(keep, ctypes.c_void_p(0))
    functions.llama_backend_init()
    _callbacks.append(keep)  # the callback must outlive this function
    return functions


def _identity(path: Path) -> tuple[int, ...]:
    """Raises ModelBroken when the file cannot be looked at."""
    try:
        stat = os.stat(path)
    except OSError as error:
        raise ModelBroken(f"cannot load the model {path}: {error.strerror}; fetch it again") from error
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def complaint() -> str:
    """What llama.cpp last complained of, in one line."""
    return _complaints[-1].splitlines()[0] if _complaints else "llama.cpp gave no reason"


def complain_from_here() -> None:
    """Forget earlier complaints, so that `complaint` tells of the next call."""
    _complaints.clear()


def has_bf16() -> bool:
    """Whether llama.cpp computes bfloat16 in hardware here: only then is it the fastest format."""
    words = library().llama_print_system_info().decode()
    return "AVX512_BF16 = 1" in words or "AMX_INT8 = 1" in words


class _Mapped:
    """A model in memory, and how many `Weights` are made of it."""

    def __init__(self) -> None:
        self.users = 0
        self.loading = threading.Lock()
        self.model: Any = None


_mapped: dict[tuple[int, ...], _Mapped] = {}
_counting = threading.RLock()  # a finaliser may give back in any thread, also in one that is inside here


def _take(key: tuple[int, ...], load: Callable[[], Any]) -> Any:
    """The model of a file, loaded by whoever comes first. What `load` raises is raised."""
    with _counting:
        mapped = _mapped.setdefault(key, _Mapped())
        mapped.users += 1
    try:
        with mapped.loading:
            if mapped.model is None:
                mapped.model = load()
            return mapped.model
    except BaseException:
        _give_back(key)
        raise


def _give_back(key: tuple[int, ...]) -> None:
    with _counting:
        mapped = _mapped[key]
        mapped.users -= 1
        if mapped.users:
            return
        del _mapped[key]
    if mapped.model is not None:
        library().llama_model_free(mapped.model)


class Weights:
    """A mapped model file and its vocabulary. Safe to share between threads; those made of one file share its
    memory. It is freed when the last of them is closed, or no longer referred to, and the last context that
    computes with it is."""

    def __init__(
        self, path: Path, *, layers_on_gpu: int = 0, card: int | None = None, vocab_only: bool = False
    ) -> None:
        """`card` is the one for those layers, by llama.cpp's handle; None leaves it to llama.cpp.

        Raises ModelBroken when llama.cpp cannot load the file."""
        self._lib = library()
        params = self._lib.llama_model_default_params()
        params.n_gpu_layers = layers_on_gpu
        params.vocab_only = vocab_only
        # without a list it opens every card, for no layers too: 500 MB of an NVIDIA one
        cards = (ctypes.c_void_p * 2)(card if layers_on_gpu else None, None)
        if card is not None or not layers_on_gpu:
            params.devices = ctypes.addressof(cards)
        self.path, self.on_card = path, layers_on_gpu > 0

        def load() -> Any:
            complain_from_here()
            model = self._lib.llama_model_load_from_file(os.fsencode(path), params)
            if not model:
                raise ModelBroken(
                    f"cannot load the model {path}: {complaint()}; remove it and fetch it again"
                )
            return model

        key = (*_identity(path), layers_on_gpu, card or 0, vocab_only)
        self.model = _take(key, load)
        self._loaded = Shared(self.model, lambda _: _give_back(key))
        self._loaded.let_go_with(self)
        self._vocab = self._lib.llama_model_get_vocab(self.model)
        self.is_encoder = bool(self._lib.llama_model_has_encoder(self.model)) or _is_bert(self)
        self.width = int(self._lib.llama_model_n_embd_out(self.model))
        self.positions = int(self._lib.llama_model_n_ctx_train(self.model))
        self.labels = int(self._lib.llama_model_n_cls_out(self.model))
        self.eos = int(self._lib.llama_vocab_eos(self._vocab))
        self.bos = int(self._lib.llama_vocab_bos(self._vocab))
        self.sep = int(self._lib.llama_vocab_sep(self._vocab))
        self.adds_eos = bool(self._lib.llama_vocab_get_add_eos(self._vocab))
        self.vocabulary = int(self._lib.llama_vocab_n_tokens(self._vocab))

    def meta(self, key: str) -> str | None:
        buffer = ctypes.create_string_buffer(256)
        size = self._lib.llama_model_meta_val_str(self.model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if size >= 0 else None

    def tokenize(self, text: str, *, special: bool = True, parse: bool = False) -> Tokens:
        """Token ids; `special` adds what the vocabulary puts at both ends, `parse` reads control tokens.

        Raises EmbeddingFailed, also once the weights are closed."""
        raw = text.encode("utf-8", "replace")
        room = np.empty(len(raw) + 8, np.int32)
        count = self._call_tokenize(raw, room, special, parse)
        if count < 0:  # a normaliser may make text longer
            room = np.empty(-count, np.int32)
            count = self._call_tokenize(raw, room, special, parse)
        if count < 0:
            raise EmbeddingFailed(f"cannot split a text of {len(text)} characters into tokens")
        return room[:count].copy()

    def _call_tokenize(self, raw: bytes, room: Tokens, special: bool, parse: bool) -> int:
        pointer = room.ctypes.data_as(self._lib.llama_token_p)
        loaded = self.lent()
        try:
            return int(
                self._lib.llama_tokenize(self._vocab, raw, len(raw), pointer, len(room), special, parse)
            )
        finally:
            loaded.give_back()

    def lent(self) -> Shared[Any]:
        """The loaded model, borrowed: it stays in memory until it is given back. Raises EmbeddingFailed once
        the weights are closed."""
        try:
            self._loaded.borrow()
        except LookupError:
            raise EmbeddingFailed(f"{self.path.name} was closed") from None
        return self._loaded

    def close(self) -> None:
        self._loaded.let_go()


def _is_bert(weights: Weights) -> bool:
    return (weights.meta("general.architecture") or "").endswith("bert")
