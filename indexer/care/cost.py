"""What it will cost to build another index on this machine, told before it begins."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from searcher.embedding import Embedder, headless, llama
from searcher.home import Home
from searcher.models import gguf_file
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.rows import embedded_text
from searcher.store.table import open_table, read_live

LONG = 600.0  # seconds; less is not worth a word
FEWEST = 500  # passages; less never takes long
_SAMPLE = 16  # passages that are computed to see how fast it goes


def of_building(
    home: Home, settings: Settings, embedder: Embedder, *, long: float = LONG, fewest: int = FEWEST
) -> str:
    """How long the passages of the live index take with this embedder, and what can be done about it; empty
    where that is not long. Computes a few of them."""
    live = read_live(home)
    if live is None:
        return ""
    store = Store(open_table(home, live.table), live)
    if store.count() < fewest:
        return ""
    where = f"spread IS NULL OR spread < {live.measure}" if live.measure else "true"
    passages = store.read(lambda t: t.search().where(where).select(["tokens"]).limit(10**8).to_arrow())
    offsets = np.linspace(0, store.count() - 1, _SAMPLE).astype(int).tolist()
    columns = ["context", "text", "tokens"]
    rows = store.read(lambda t: t.take_offsets(offsets).select(columns).to_arrow()).to_pylist()
    texts = [embedded_text(row["context"], row["text"]) for row in rows]
    counts = embedder.count_tokens(texts)
    taken = [n for n, count in enumerate(counts) if count <= embedder.model.max_tokens]
    if not taken:
        return ""
    embedder.embed_full([texts[taken[0]]])  # the first call also makes room to compute in
    began = time.monotonic()
    embedder.embed_full([texts[n] for n in taken])
    speed = sum(counts[n] for n in taken) / max(time.monotonic() - began, 1e-3)
    # the models split text differently
    share = sum(counts) / max(sum(row["tokens"] or 0 for row in rows), 1)
    tokens = sum(filter(None, passages["tokens"].to_pylist())) * share
    if tokens / speed < long:
        return ""
    ways = ["name another machine's endpoint with `searcher settings set embed_url URL`"]
    if _has_bf16(embedder, settings):
        ways.insert(0, f"compute in bfloat16 with `searcher models use {embedder.model.name} --weights bf16`")
    ways.append(f"or stay with `searcher models use {live.model}`")
    return (
        f"building the index of {embedder.model.name} takes about {_duration(tokens / speed)} on this "
        f"machine ({tokens:,.0f} tokens at {speed:,.0f} a second), every document's beginning first, the "
        f"newest before the others; {live.model} answers meanwhile. To have it sooner {', '.join(ways)}"
    )


def _has_bf16(embedder: Embedder, settings: Settings) -> bool:
    if settings.embed_url or settings.weights == "bf16":
        return False
    return llama.has_bf16() and headless.is_decoder(gguf_file.read(Path(embedder.model.path)))


def _duration(seconds: float) -> str:
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} min" if minutes < 90 else f"{seconds / 3600:.0f} h"
