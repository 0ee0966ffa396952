"""The same vectors in other libraries: the ten nearest of all, as each of them is usually set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scale import corpus
from benchmarks.scale.measuring import Watch, peak, recall, resident, size, timed
from benchmarks.scale.stages import Result, _ten, _vectors


def numpy_exact(place: Path, rows: int, queries: int) -> Result:
    vectors = np.array(_vectors(place, rows))
    return _measured(place, rows, queries, lambda query: _ten(vectors @ query), {})


def faiss_flat(place: Path, rows: int, queries: int) -> Result:
    """Every vector compared, a byte a component."""
    import faiss

    made: Any = faiss.IndexScalarQuantizer(
        corpus.DIM, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    return _faiss(place, rows, queries, made)


def faiss_ivf(place: Path, rows: int, queries: int) -> Result:
    """Lists of a byte a component, 32 of them looked at."""
    import faiss

    made: Any = faiss.index_factory(corpus.DIM, f"IVF{max(rows // 1000, 16)},SQ8", faiss.METRIC_INNER_PRODUCT)
    made.nprobe = 32
    return _faiss(place, rows, queries, made)


def _faiss(place: Path, rows: int, queries: int, made: Any) -> Result:
    import faiss

    vectors = _vectors(place, rows)
    watch = Watch()
    made.train(np.array(vectors[: min(rows, 100_000)]))
    for start in range(0, rows, 50_000):
        made.add(np.array(vectors[start : start + 50_000]))
    built = {"seconds": watch.seconds, "cpu": watch.cpu}
    file = place / "faiss.index"
    faiss.write_index(made, str(file))
    built["disk_mb"] = size(file) // 1_000_000
    file.unlink()
    return _measured(place, rows, queries, lambda query: made.search(query[None], 10)[1][0], built)


def hnsw(place: Path, rows: int, queries: int) -> Result:
    """hnswlib, M 16, ef 100 to build and to search."""
    import hnswlib

    made = hnswlib.Index("ip", corpus.DIM)
    made.init_index(rows, ef_construction=100, M=16)
    made.set_ef(100)
    vectors = _vectors(place, rows)
    watch = Watch()
    for start in range(0, rows, 50_000):
        made.add_items(np.array(vectors[start : start + 50_000]), np.arange(start, min(start + 50_000, rows)))
    built = {"seconds": watch.seconds, "cpu": watch.cpu}
    file = place / "hnsw.index"
    made.save_index(str(file))
    built["disk_mb"] = size(file) // 1_000_000
    file.unlink()
    return _measured(place, rows, queries, lambda query: made.knn_query(query, 10)[0][0], built)


def sqlite_vec(place: Path, rows: int, queries: int) -> Result:
    """Every vector compared in SQLite, float32; by apsw, for not every Python lets SQLite load extensions."""
    import apsw
    import sqlite_vec as extension

    file = place / "vec.db"
    file.unlink(missing_ok=True)
    database = apsw.Connection(str(file))
    database.enable_load_extension(True)
    database.load_extension(extension.loadable_path())
    database.execute(f"create virtual table v using vec0(e float[{corpus.DIM}] distance_metric=cosine)")
    vectors = _vectors(place, rows)
    watch = Watch()
    for start in range(0, rows, 10_000):
        part = np.array(vectors[start : start + 10_000])
        with database:
            database.executemany(
                "insert into v(rowid, e) values (?, ?)",
                [(start + number, vector.tobytes()) for number, vector in enumerate(part)],
            )
    built = {"seconds": watch.seconds, "cpu": watch.cpu, "disk_mb": size(file) // 1_000_000}
    asks = "select rowid from v where e match ? and k = 10"

    def ask(query: np.ndarray) -> np.ndarray:
        return np.array([row[0] for row in database.execute(asks, (query.tobytes(),))])

    result = _measured(place, rows, queries, ask, built)
    database.close()
    file.unlink()
    return result


def _measured(
    place: Path, rows: int, queries: int, ask: Callable[[np.ndarray], np.ndarray], built: Result
) -> Result:
    asked = corpus.LAYOUT.reduced(corpus.queries(queries, rows)[0])
    (times,) = timed([lambda number: ask(asked[number])], queries)
    held = resident()
    exact = _vectors(place, rows)
    wanted = [set(_ten(exact @ query).tolist()) for query in asked]
    found = [set(np.asarray(ask(query)).tolist()) for query in asked]
    built = {f"build_{name}" if name != "disk_mb" else name: value for name, value in built.items()}
    return {**built, "times": times, "recall": recall(found, wanted), "resident_mb": held, "peak_mb": peak()}
