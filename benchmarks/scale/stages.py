"""The parts of the measurement, each in a process of its own: what a process holds is then that part's. It
allocates as the indexer or the server does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale import corpus
from benchmarks.scale.measuring import Watch, peak, recall, resident, size, timed, written
from searcher.embedding.base import Vectors
from searcher.home import Home
from searcher.paths import doc_id
from searcher.store.place import READ_SECONDS
from searcher.store.table import Store, create_table, has_table, open_table, write_live
from searcher.store.upkeep import QUIET, upkeep
from searcher.system import give_memory_back, share_heaps, write_with_little_memory
from searcher.text import identifier, language

Result = dict[str, Any]
_PEOPLE, _WARM = 50, 6


def _home(place: Path) -> Home:
    return Home(place / "home").create()


def _store(place: Path, *, write: bool = False) -> Store:
    language.keep_in(_home(place))
    table = open_table(_home(place), corpus.LIVE.table, write=write)
    return Store(table, corpus.LIVE, behind=0.0 if write else READ_SECONDS)


def _vectors(place: Path, rows: int, mode: str = "r") -> np.ndarray:
    """float32 (rows, DIM) in a file, what is searched."""
    file = place / "vectors.f32"
    return np.memmap(file, np.float32, mode, shape=(rows, corpus.DIM))


def ingest(place: Path, rows: int, queries: int) -> Result:
    """Blocks that are not there yet."""
    write_with_little_memory()
    home = _home(place)
    identifier.opened(home)
    if not has_table(home, corpus.LIVE.table):
        create_table(home, corpus.LIVE.table, corpus.MODEL)
    table: Any = open_table(home, corpus.LIVE.table, write=True)
    there = table.count_rows() // corpus.BLOCK
    vectors = _vectors(place, rows, "r+" if (place / "vectors.f32").exists() else "w+")
    writing = cpu = 0.0
    for number in range(rows // corpus.BLOCK):
        made = corpus.block(number)
        first = number * corpus.BLOCK
        vectors[first : first + corpus.BLOCK] = corpus.LAYOUT.reduced(made.vectors)
        if number >= there:
            batch = corpus.rows(number, made, table.schema)
            watch = Watch()
            table.add(batch)
            writing, cpu = writing + watch.seconds, cpu + watch.cpu
    write_live(home, corpus.LIVE)
    new = rows - there * corpus.BLOCK
    return {
        "rows": new,
        "seconds": round(writing, 2),
        "cpu": round(cpu, 2),
    }


def index(place: Path, rows: int, queries: int) -> Result:
    """The upkeep of a table that has been filled: compaction and all indexes."""
    write_with_little_memory()
    store = _store(place, write=True)
    watch = Watch()
    upkeep(store, quiet=QUIET[-1])
    result = {"seconds": watch.seconds, "cpu": watch.cpu, "peak_mb": peak()}
    if store.has_vector_index(store.table):
        from searcher.store.indexes import index_vectors

        watch = Watch()
        index_vectors(store.table, anew=True)
        result |= {"vector_seconds": watch.seconds, "vector_cpu": watch.cpu}
    # what the old versions held is no part of what a library takes
    upkeep(store, quiet=QUIET[-1])
    return result | {"disk_mb": size(_home(place).index) // 1_000_000}


def first(place: Path, rows: int, queries: int) -> Result:
    """From a process that has only started to its first answer."""
    share_heaps()
    watch = Watch()
    import lancedb  # noqa: F401

    imported = {"import_seconds": watch.seconds, "import_cpu": watch.cpu, "import_mb": resident()}
    vectors, texts = corpus.queries(4, rows)
    from searcher.query import parse
    from searcher.search import engine, sample

    watch = Watch()
    store = _store(place)
    ranking = engine.Ranking(sample.take(store))
    engine.ranked(store, parse(texts[0]), vectors[0], ranking, mode="hybrid")
    return imported | {"answer_seconds": watch.seconds, "answer_cpu": watch.cpu}


def search(place: Path, rows: int, queries: int) -> Result:
    """Each sort of query beside numpy's exact scan, asked in turn; what the ten nearest have in common with
    the exact ten of every filter."""
    share_heaps()
    from searcher.query import parse
    from searcher.search import engine, sample

    vectors, texts = corpus.queries(queries, rows)
    store = _store(place)
    ranking = engine.Ranking(sample.take(store))
    words = [text.split(" ") for text in texts]

    def ask(
        mode: str, where: str | None, number: int, text: Callable[[int], str] = lambda n: texts[n]
    ) -> Any:
        vector = None if mode == "words" else vectors[number]
        return engine.ranked(store, parse(text(number)), vector, ranking, mode=mode, where=where)

    hybrid = partial(ask, "hybrid")
    asks: dict[str, Callable[[int], Any]] = {"words": partial(ask, "words", None)}
    quoted: dict[str, Callable[[int], Any]] = {
        "quoted": partial(hybrid, None, text=lambda n: f'"{words[n][0]}" {words[n][1]}'),
        "phrase": partial(hybrid, None, text=lambda n: f'"{words[n][0]} {words[n][1]}"'),
    }
    for name, where in corpus.FILTERS.items():
        asks[f"meaning, {name}"] = partial(ask, "meaning", where)
        asks[f"hybrid, {name}"] = partial(hybrid, where)
    times = dict(zip(asks, timed(list(asks.values()), queries), strict=True))
    held = _held()
    times |= dict(zip(quoted, timed(list(quoted.values()), queries), strict=True))
    held_quoted = _held()
    exact = np.array(_vectors(place, rows))
    reduced = corpus.LAYOUT.reduced(vectors)
    beside = {"numpy": lambda n: _ten(exact @ reduced[n]), "hybrid": partial(hybrid, None)}
    beside["hybrid, 1 %"] = partial(hybrid, corpus.FILTERS["1 %"])
    # numpy's threads go on turning for some 30 ms after a scan
    ratio = dict(zip(beside, timed(list(beside.values()), queries, rest=0.1), strict=True))
    return {
        "times": times,
        "recall": _recalls(store, vectors, exact, rows),
        "resident_mb": held[1],
        "resident_before_mb": held[0],
        "resident_quoted_mb": held_quoted[1],
        "resident_quoted_before_mb": held_quoted[0],
        "beside_numpy": ratio,
    }


def _held() -> tuple[int, int]:
    """MB before and after free memory is given back, as the server does every ten seconds."""
    before = resident()
    give_memory_back()
    return before, resident()


def at_once(place: Path, rows: int, queries: int) -> Result:
    """Fifty people ask at the same moment, let in as the server does, and the two searches of LanceDB that a
    question makes, for ids alone, let in likewise: seconds, three times in turn."""
    share_heaps()
    from searcher.query import parse
    from searcher.search import engine, sample
    from searcher.store.reader import ids_with_words, nearest_ids
    from searcher.system import at_once
    from ui.admission import Admission

    vectors, texts = corpus.queries(_PEOPLE, rows)
    store = _store(place)
    ranking = engine.Ranking(sample.take(store))
    admission: Admission[Any] = Admission(at_once())

    def question(number: int) -> Any:
        return engine.ranked(store, parse(texts[number]), vectors[number], ranking, mode="hybrid")

    def bare(number: int) -> Any:
        words = texts[number].split(" ")
        return nearest_ids(store, vectors[number], None, 200), ids_with_words(store, words, None, 200)

    for number in range(_WARM):
        question(number)
    turns: dict[str, list[dict[str, float]]] = {"questions": [], "lancedb_ids": []}
    for name, ask in 3 * [("questions", question), ("lancedb_ids", bare)]:
        turns[name].append(_all_at_once(admission, name, ask))
    return {
        f"{name}_{key}": round(float(np.median([turn[key] for turn in each])), 2)
        for name, each in turns.items()
        for key in ("p50", "p95", "cpu")
    }


def _all_at_once(admission: Any, name: str, ask: Callable[[int], Any]) -> dict[str, float]:
    waited = [0.0] * _PEOPLE
    begins = threading.Barrier(_PEOPLE + 1)

    def person(number: int) -> None:
        begins.wait()
        watch = Watch()
        admission.answer((name, number), partial(ask, number), asker=number)
        waited[number] = watch.seconds

    people = [threading.Thread(target=person, args=(number,)) for number in range(_PEOPLE)]
    for one in people:
        one.start()
    watch = Watch()
    begins.wait()
    for one in people:
        one.join()
    p50, p95 = np.quantile(waited, (0.5, 0.95)).tolist()
    return {"p50": p50, "p95": p95, "cpu": watch.cpu}


def _recalls(store: Store, vectors: Vectors, exact: np.ndarray, rows: int) -> dict[str, float]:
    from searcher.store.arms import both

    table = store.table.search().select(["id", "folder"]).limit(rows).to_arrow()
    place = {name: number for number, name in enumerate(_ids(rows))}
    folders = np.empty(rows, dtype=object)
    folders[[place[name] for name in table["id"].to_pylist()]] = table["folder"].to_pylist()
    reduced, names = corpus.LAYOUT.reduced(vectors), _ids(rows)
    every = exact @ reduced.T
    recalls = {}
    for name, where in corpus.FILTERS.items():
        left = np.arange(rows) if where is None else np.flatnonzero(folders == where.split("'")[1])
        wanted = [{names[left[n]] for n in _ten(every[left, query])} for query in range(len(reduced))]
        found = []
        for vector in vectors:
            close, _ = both(store, vector, where, [], None, 200)
            ranked = sorted(close, key=lambda row: -_near(store, row, vector))
            found.append({row["id"] for row in ranked[:10]})
        recalls[name] = recall(found, wanted)
    return recalls


def _near(store: Store, row: dict[str, Any], vector: Vectors) -> float:
    """As the scan compares them."""
    both = store.layout.reduced(np.stack([row["full"], vector]))
    return float(both[0] @ both[1])


def saved(place: Path, rows: int, queries: int) -> Result:
    """Twenty saved files of ten passages each: what is written, at once and by the upkeep between them."""
    write_with_little_memory()
    store = _store(place, write=True)
    made = corpus.block(0)
    folder = _home(place).index
    plain = tidy = 0
    watch = Watch()
    for number in range(20):
        batch = corpus.rows(0, made, store.table.schema).slice(number * 10, 10).to_pylist()
        owner = doc_id(f"/library/saved/{time.time_ns()}.txt")
        changed = [{**row, "id": f"{owner}:{row['ordinal']}", "doc_id": owner} for row in batch]
        plain += written(folder, partial(store.upsert, changed))
        tidy += written(folder, partial(upkeep, store, quiet=QUIET[0]))
    after = written(folder, partial(upkeep, store, quiet=QUIET[1]))
    return {
        "commits_mb": round(plain / 1e6, 1),
        "upkeep_mb": round(tidy / 1e6, 1),
        "quiet_minute_mb": round(after / 1e6, 1),
        "seconds": watch.seconds,
        "cpu": watch.cpu,
        "peak_mb": peak(),
    }


def after(place: Path, rows: int, queries: int) -> Result:
    """Queries while the indexes lack the saved files, milliseconds."""
    share_heaps()
    from searcher.query import parse
    from searcher.search import engine, sample

    vectors, texts = corpus.queries(queries, rows)
    store = _store(place)
    ranking = engine.Ranking(sample.take(store))

    def ask(mode: str, number: int) -> Any:
        return engine.ranked(store, parse(texts[number]), vectors[number], ranking, mode=mode)

    modes = ("hybrid", "meaning")
    each = zip(modes, timed([partial(ask, mode) for mode in modes], queries), strict=True)
    return {f"{mode}_{key}": value for mode, times in each for key, value in times.items()}


def _ids(rows: int) -> list[str]:
    owners = [doc_id(f"/library/{number}.txt") for number in range(rows // 10)]
    return [f"{owners[number // 10]}:{number % 10}" for number in range(rows)]


def _ten(cosines: np.ndarray) -> np.ndarray:
    count = min(10, len(cosines))
    return np.argpartition(-cosines, count - 1)[:count]
