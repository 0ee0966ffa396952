"""Where a model computes: on the processor, or on a graphics card that llama.cpp can use and that has room.

llama.cpp ends the process when a card's memory runs out while it computes. So the room is looked at before,
and a model that does not fit is left to the processor.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from searcher.embedding.base import PROCESSOR
from searcher.embedding.llama import Weights, library
from searcher.errors import ModelBroken
from searcher.models.gguf_file import Gguf

_ALL = 999  # layers, of whatever model
_BESIDE = 1 << 30  # bytes that computing takes beside the weights
_KINDS = (1, 2)  # GGML_BACKEND_DEVICE_TYPE_GPU, _IGPU


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card. `handle` is llama.cpp's; None where the choice is left to it, as nothing of the card
    can be asked. `free` in bytes; 0 also for one so full that it cannot be asked."""

    name: str
    free: int
    handle: int | None


@dataclass(frozen=True, slots=True)
class Device:
    """What computes a model, and the reason where that is not what the settings ask for."""

    layers: int = 0  # on the card
    card: Card | None = None
    note: str = ""

    @property
    def name(self) -> str:
        return self.card.name if self.card else PROCESSOR


def are_usable() -> bool:
    """Whether there is a card, and llama.cpp was built for it. Takes none of its memory."""
    return bool(library().llama_supports_gpu_offload())


def device_for(head: Gguf, path: Path, setting: str) -> Device:
    """What is to compute a model, of which `path` is loaded, by the setting `gpu_layers`."""
    layers = int(head.of_architecture("block_count") or 0) + 1
    here = cards() if setting.strip() != "0" and are_usable() else []
    return chosen(here, setting, size=path.stat().st_size, layers=layers)


def chosen(here: Sequence[Card], setting: str, *, size: int, layers: int) -> Device:
    """The card with the most free memory, if that is enough for a model of so many bytes and layers."""
    wanted, note = _ALL, ""
    if setting not in ("", "auto"):
        try:
            wanted = int(setting)
        except ValueError:
            note = f"gpu_layers is {setting!r}, which is no number; taken as auto"
    if not wanted:
        return Device()
    if not here:
        if wanted != _ALL:
            note = f"gpu_layers is {wanted}, but the installed llama.cpp has no GPU support; using the CPU"
        return Device(note=note)
    card = max(here, key=lambda each: each.free)
    needed = size * min(wanted, layers) // layers + _BESIDE
    if card.free < needed:
        has = f"{card.name} has {card.free / 1e9:.1f} GB free and the model needs {needed / 1e9:.1f}"
        return Device(note=f"{has}; using the CPU")
    return Device(wanted, card, note)


def loaded(path: Path, device: Device) -> tuple[Weights, Device]:
    """The weights where they are to be; for the processor where another program was quicker to take the
    card's memory. Raises ModelBroken."""
    if device.card is None:
        return Weights(path), device
    try:
        return Weights(path, layers_on_gpu=device.layers, card=device.card.handle), device
    except ModelBroken as error:
        weights = Weights(path)  # a broken file fails here too
        return weights, Device(note=f"{device.card.name} did not take the model; using the CPU ({error})")


def cards() -> list[Card]:
    """Those that llama.cpp can use, asked anew; the asking itself takes some 500 MB of an NVIDIA card."""
    lib = _ggml()
    if lib is None:
        return [Card("a graphics card", 1 << 62, None)]
    here = []
    for number in range(lib.ggml_backend_dev_count()):
        handle = lib.ggml_backend_dev_get(number)
        if lib.ggml_backend_dev_type(handle) in _KINDS:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            lib.ggml_backend_dev_memory(handle, ctypes.byref(free), ctypes.byref(total))
            name = lib.ggml_backend_dev_description(handle).decode("utf-8", "replace")
            here.append(Card(name, free.value, handle))
    return here


@cache
def _ggml() -> Any:
    """ggml's functions, which llama-cpp-python does not offer; None where its library does not show them."""
    lib = library()._lib
    asked = {
        "ggml_backend_dev_count": ([], ctypes.c_size_t),
        "ggml_backend_dev_get": ([ctypes.c_size_t], ctypes.c_void_p),
        "ggml_backend_dev_type": ([ctypes.c_void_p], ctypes.c_int),
        "ggml_backend_dev_description": ([ctypes.c_void_p], ctypes.c_char_p),
        "ggml_backend_dev_memory": (
            [ctypes.c_void_p, ctypes.POINTER(ctypes.c_size_t), ctypes.POINTER(ctypes.c_size_t)],
            None,
        ),
    }
    for name, (takes, gives) in asked.items():
        function = getattr(lib, name, None)
        if function is None:  # Windows shows a library's own alone
            return None
        function.argtypes, function.restype = takes, gives
    return lib
