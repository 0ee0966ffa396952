"""What it will cost to build another index on this machine, or to add a folder, told before it begins."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexer.formats.kinds import by_name
from indexer.recognition.guess import scanned_pages
from indexer.recognition.work import is_possible
from indexer.rules import FileEntry
from indexer.work.pace import note_speed, noted_page_seconds, noted_speed
from searcher.embedding import Embedder, headless, llama
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.models import gguf_file
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.rows import embedded_text
from searcher.store.table import open_table, read_live

LONG = 600.0  # seconds; less is not worth a word
FEWEST = 500  # passages; less never takes long
_SAMPLE = 16  # passages that are computed to see how fast it goes
_DAYS, _WEEKS = 12, 6  # sentences of a text to try a model with, and such texts
_USUAL_SPEED = 1500.0  # tokens a second of the starter on two cores, until it was measured here
_USUAL_TOKENS = 0.25  # a byte of plain text
_USUAL_PAGE = 2.5  # seconds of a picture, until it was measured here
_PICTURE = 10 << 10  # bytes; smaller ones are icons, or read in no time
_ROWS = 10_000  # looked at at once
_LIKE_IT = 4_000  # bytes of a kind of file in the library that say how many tokens more of it will have


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
    tokens = _tokens(store) * share
    if tokens / speed < long:
        return ""
    ways = ["name another machine's endpoint with `searcher settings set embed_url URL`"]
    if _has_bf16(embedder, settings):
        ways.insert(0, f"compute in bfloat16 with `searcher models use {embedder.model.name} --weights bf16`")
    ways.append("let what you need come first with `searcher settings set embed_first recent` (or folders)")
    ways.append(f"or stay with `searcher models use {live.model}`")
    return (
        f"building the index of {embedder.model.name} takes about {_duration(tokens / speed)} on this "
        f"machine ({tokens:,.0f} tokens at {speed:,.0f} a second), every document's beginning first, the "
        f"newest before the others; {live.model} answers meanwhile. To have it sooner {', '.join(ways)}"
    )


def try_out(home: Home, embedder: Embedder) -> None:
    """See how fast the model is here, for who has to choose one before anything was read: about a second with
    the starter. Does nothing where that is known."""
    if noted_speed(home, embedder.model.fingerprint) is not None:
        return
    texts = [
        " ".join(f"On day {day} of week {week} the ferry left at noon." for day in range(_DAYS))
        for week in range(_WEEKS)
    ]
    embedder.embed_full(texts[:1])  # the first call also makes room to compute in
    began = time.monotonic()
    embedder.embed_full(texts[1:])
    seconds = max(time.monotonic() - began, 1e-3)
    note_speed(home, embedder.model.fingerprint, sum(embedder.count_tokens(texts[1:])) / seconds)


def of_embedding_again(home: Home) -> float | None:
    """Seconds that the vectors of the live index would take once more with its model, at the speed that it
    reached here; None where that is not known. Raises IndexDamaged, ModelMismatch."""
    live = read_live(home)
    speed = None if live is None else noted_speed(home, live.fingerprint)
    if live is None or speed is None:
        return None
    return _tokens(Store(open_table(home, live.table), live)) / speed


def _tokens(store: Store) -> int:
    """Of all passages that are to have a vector."""
    most = store.live.measure
    where = f"spread IS NULL OR spread < {most}" if most else "true"
    passages = store.read(lambda t: t.search().where(where).select(["tokens"]).limit(10**8).to_arrow())
    return sum(filter(None, passages["tokens"].to_pylist()))


def of_files(home: Home, files: Sequence[FileEntry]) -> tuple[float, float]:
    """Tokens of them that will get a vector, and the seconds that takes: as many tokens a byte as the
    library's files with the same ending have, at the speed that its model reached here."""
    sizes: Counter[str] = Counter()
    for entry in files:
        sizes[_ending(entry.path)] += entry.size
    try:
        speed, tokens = _experience(home)
    except SearcherError:
        speed, tokens = None, {}
    count = sum(size * tokens.get(ending, _USUAL_TOKENS) for ending, size in sizes.items())
    return count, count / (speed or _USUAL_SPEED)


def of_pictures(home: Home, settings: Settings, files: Sequence[FileEntry]) -> tuple[int, float]:
    """How many pictures and scanned pages of theirs will be looked at for text, and the seconds of it, at the
    speed that was reached here; none where that is switched off or not installed."""
    if not is_possible(settings):
        return 0, 0.0
    kinds = [(by_name(entry.path), entry) for entry in files if entry.size >= _PICTURE]
    scans = scanned_pages([entry.path for kind, entry in kinds if kind == "pdf"])
    count = sum(kind == "picture" for kind, _ in kinds) + round(scans)
    return count, count * (noted_page_seconds(home) or _USUAL_PAGE)


def _experience(home: Home) -> tuple[float | None, dict[str, float]]:
    """Tokens a second of the live index's model, and tokens a byte that get a vector, by ending. Raises
    IndexDamaged, ModelMismatch."""
    live = read_live(home)
    if live is None:
        return None, {}
    store = Store(open_table(home, live.table), live)
    columns = ["path", "size", "ordinal", "tokens", "spread"]
    rows = store.read(lambda t: t.search().select(columns).limit(10**8).to_arrow())
    tokens: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for batch in rows.to_batches(_ROWS):
        for path, size, ordinal, count, place in zip(
            *(batch.column(name).to_pylist() for name in columns), strict=True
        ):
            ending = _ending(path)
            sizes[ending] += (size or 0) * (ordinal == 0)
            tokens[ending] += count if place is None or not live.measure or place < live.measure else 0
    known = {ending: tokens[ending] / size for ending, size in sizes.items() if size >= _LIKE_IT}
    return noted_speed(home, live.fingerprint), known


def _ending(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _has_bf16(embedder: Embedder, settings: Settings) -> bool:
    if settings.embed_url or settings.weights == "bf16":
        return False
    return llama.has_bf16() and headless.is_decoder(gguf_file.read(Path(embedder.model.path)))


def _duration(seconds: float) -> str:
    minutes = max(round(seconds / 60), 1)
    return f"{minutes} min" if minutes < 90 else f"{seconds / 3600:.0f} h"
