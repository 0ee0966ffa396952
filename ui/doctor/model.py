"""The model: its file, and whether it still gives the vectors it gave when it was first used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from searcher.embedding import Embedder
from searcher.embedding.base import PROCESSOR
from searcher.errors import SearcherError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.settings import Settings
from searcher.system import has_nvidia_card
from ui.doctor.check import Check, Checking

QUESTION = "Where did I leave the keys of the bicycle shed?"
TEXTS = (
    "The keys of the bicycle shed hang behind the kitchen door.",
    "Der Schlüssel zum Fahrradschuppen hängt hinter der Küchentür.",
    "def open_door(key): return key.fits(lock)",
    "The quarterly report is due on the last day of March.",
)
# cosines of the question with each text, by profile name; measured once, from the model's own file
STORED: dict[str, tuple[float, ...]] = {"starter": (0.8831, 0.79373, 0.81552, 0.71947)}
_OFF = 0.01  # other processors and kernels round differently, by less than this


def model(home: Home, settings: Settings, repair: bool) -> Iterator[Check]:
    """The model can be opened, embeds fixed texts as it always did, and is the index's own."""
    from searcher.embedding import open_embedder
    from searcher.store.place import owned_by_another
    from searcher.store.table import read_live

    try:
        embedder = open_embedder(home, settings, role="query")
    except SearcherError as error:
        yield Check(
            "model",
            False,
            str(error),
            "`searcher models list` shows others, `searcher models use NAME` takes one",
        )
        return
    try:
        info = embedder.model
        yield Check("model", True, f"{info.name}, {info.dim} of {info.native_dim} dimensions, {info.path}")
        yield _computing(embedder, settings)
        yield _known_answer(home, embedder, repair=repair)
        live = read_live(home)
        if live is not None:
            same = (live.fingerprint, live.dim) == (info.fingerprint, info.dim)
            detail = (
                f"the index belongs to it ({info.fingerprint[:12]})"
                if same
                else f"the index belongs to {live.model} at {live.dim} dimensions, not to the model in use"
            )
            fix = f"`searcher index` builds it again; `searcher models use {live.model}` goes back"
            if not same and (owner := owned_by_another(home)):
                fix = f"set model, dim and chunk_tokens as on {owner}, which owns the index"
            yield Check("fingerprint", same, detail, fix)
    finally:
        embedder.close()


def _computing(embedder: Embedder, settings: Settings) -> Check:
    """What computes, and whether that is what was asked for."""
    device, note = embedder.device, embedder.note
    if note:
        fix = (
            "close what fills the card, or set gpu_layers to 0; the README says how to build llama.cpp for it"
        )
        return Check("computing", False, note, fix)
    if settings.gpu_layers != "0" and has_nvidia_card() and device == PROCESSOR:
        unused = "llama.cpp was not built for the NVIDIA card that is here, the README says how"
        return Check("computing", True, f"{device} computes; {unused}")
    return Check("computing", True, f"{device} computes")


def _known_answer(home: Home, embedder: Embedder, *, repair: bool) -> Check:
    """Cosines of fixed texts against the stored ones; a model without any gets them now."""
    info = embedder.model
    seen = cosines(embedder)
    answers: dict[str, Any] = read_json(home.answers) or {}
    expected = STORED.get(info.name) or answers.get(info.fingerprint)
    if expected is None:
        write_json(home.answers, {**answers, info.fingerprint: seen})
        expected = seen
    furthest = float(np.abs(np.subtract(seen, expected)).max())
    ordered = seen[0] > seen[3] and seen[1] > seen[3]
    detail = f"cosines of fixed texts are off by at most {furthest:.4f}"
    if not ordered:
        values = ", ".join(f"{value:.3f}" for value in seen)
        detail = f"fixed texts come in the wrong order: {values}"
    fix = "remove the broken file, which `searcher models list` names, and fetch it again"
    return Check("embedding", ordered and furthest <= _OFF, detail, fix)


def cosines(embedder: Embedder) -> list[float]:
    """Cosine of the fixed question with each fixed text."""
    question = embedder.embed_full([QUESTION], kind="query")
    texts = embedder.embed_full(list(TEXTS), kind="document")
    return [round(float(value), 5) for value in (texts @ question[0])]


CHECKS: tuple[Checking, ...] = (model,)
