"""What the index must hold, worked out from the files alone, and how the index differs from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kill_lives import text_key
from searcher.home import Home
from searcher.store import Store


class Oracle:
    """Compares one home with the files of its library."""

    def __init__(self, home: Home) -> None:
        from searcher.embedding import open_embedder
        from searcher.settings import Settings

        self._home = home
        self._embedder = open_embedder(home, Settings(), role="index")
        self._expected: dict[tuple[str, str, int], list[str]] = {}
        self._vectors: dict[str, Any] = {}

    def close(self) -> None:
        self._embedder.close()

    def readable(self) -> list[str]:
        """Right after a kill, before any repair, a reader opens the table, every row of it can be read, and
        as many are counted as waiting as have no vector."""
        from searcher.errors import IndexMissing
        from searcher.store import open_store

        try:
            store = open_store(self._home, None)
            rows = store.read(lambda table: table.search().select(["id", "text", "vector"]).to_arrow())
            waiting, counted = rows["vector"].null_count, store.pending()
        except IndexMissing:
            return []
        except Exception as error:
            return [f"a reader fails after the kill: {str(error)[:200]}"]
        return [] if counted == waiting else [f"{waiting} passages wait and {counted} are counted"]

    @staticmethod
    def judged(told: list[Any]) -> list[str]:
        """Of two passes after a kill: the first fails for no file, the second finds nothing to do."""
        if any(not isinstance(summary, dict) for summary in told) or len(told) != 2:
            return [f"the next start fails: {told[-1]}"]
        problems = [f"{error['path']}: {error['reason']}" for error in told[0]["errors"]]
        chunks = told[1]["chunks"]
        if chunks["written"] or chunks["embedded"] or chunks["removed"]:
            problems.append(f"a second pass still had work: {told[1]}")
        return problems

    def differences(self, settings: dict[str, int], *, vectors: bool) -> list[str]:
        """How table and catalogue differ from the files; with `vectors`, each one is computed anew."""
        from indexer.catalogue import Catalogue
        from searcher.paths import doc_id
        from searcher.store import open_store
        from searcher.store.table import table_names

        store = open_store(self._home, None)
        columns = ["id", "doc_id", "ordinal", "path", "hash", "context", "text", "vector", "mtime_ns"]
        rows = store.table.search().select(columns).limit(1_000_000).to_list()
        found: dict[str, list[str]] = {}
        for row in sorted(rows, key=lambda row: row["ordinal"]):
            found.setdefault(row["path"], []).append(row["hash"])
        expected = self._of_disk(settings["chunk_tokens"])
        wrong = [f"{path} is gone from the disk and still served" for path in found.keys() - expected.keys()]
        wrong += [f"{path} is missing from the table" for path in expected.keys() - found.keys()]
        for path in found.keys() & expected.keys():
            if found[path] != expected[path]:
                wrong.append(f"{path} has {len(found[path])} passages, not its {len(expected[path])}")
        if len(rows) != len({row["id"] for row in rows}):
            wrong.append("a passage is there twice")
        if waiting := sum(row["vector"] is None for row in rows):
            wrong.append(f"{waiting} passages wait for good")
        catalogue = Catalogue(self._home, write=False)
        known = {doc_id(row.path) for row in catalogue.with_status("indexed", "offline")}
        catalogue.close()
        if known != {row["doc_id"] for row in rows}:
            wrong.append("catalogue and table name different documents")
        if store.live.dim != settings["dim"] or not store.live.chunker.endswith(
            f":{settings['chunk_tokens']}"
        ):
            wrong.append(f"the live table is {store.live.table}, not that of {settings}")
        if self._home.building.exists() or table_names(self._home) != [store.live.table]:
            wrong.append(f"left behind: {table_names(self._home)}")
        return wrong + (self._wrong_vectors(store, rows) if vectors else [])

    def _of_disk(self, chunk_tokens: int) -> dict[str, list[str]]:
        """Hashes of each file's passages, in order."""
        from indexer.chunking import chunk
        from indexer.formats import extract
        from searcher.folders import load
        from searcher.store.rows import chunk_hash

        expected = {}
        for path in sorted(Path(load(self._home)[0].path).rglob("*.md")):
            key = (path.name, path.read_text(), chunk_tokens)
            if key not in self._expected:
                count, most = self._embedder.count_tokens, self._embedder.model.max_tokens
                chunks = chunk(extract(path), path=str(path), count=count, target=chunk_tokens, limit=most)
                self._expected[key] = [chunk_hash(piece) for piece in chunks]
            expected[str(path)] = self._expected[key]
        return expected

    def _wrong_vectors(self, store: Store, rows: list[dict[str, Any]]) -> list[str]:
        from searcher.store.rows import embedded_text

        rows = [row for row in rows if row["vector"] is not None]
        texts = {text_key(text): text for row in rows if (text := embedded_text(row["context"], row["text"]))}
        if missing := [key for key in texts if key not in self._vectors]:
            vectors = self._embedder.embed_full([texts[key] for key in missing])
            self._vectors |= dict(zip(missing, vectors, strict=True))
        wrong = 0
        for row in rows:
            full = self._vectors[text_key(embedded_text(row["context"], row["text"]))]
            have = np.array(row["vector"], np.float32)
            wrong += float(store.layout.reduced(full[None])[0] @ have) < 0.98
        return [f"{wrong} vectors belong to another text"] if wrong else []
