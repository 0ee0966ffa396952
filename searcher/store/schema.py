"""The table of chunks: one row a passage, one table a model fingerprint."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

SCHEMA_VERSION = "1"


def schema(*, dim: int, rest_bytes: int, metadata: dict[str, str]) -> Any:
    """Arrow schema. A null `vector` is the queue of work: the passage waits to be embedded."""
    text, int32, int64 = pa.string(), pa.int32(), pa.int64()
    columns = [
        pa.field("id", text, nullable=False),  # f"{doc_id}:{ordinal}"
        pa.field("doc_id", text),  # searcher.paths.doc_id(path)
        pa.field("ordinal", int32),
        pa.field("path", text),  # searcher.paths.to_stored
        pa.field("folder", text),  # the library folder it lies in
        pa.field("source", text),  # which of the homes that write one index; empty where there is no other
        pa.field("name", text),  # file name, case-folded, for filters
        pa.field("ext", text),  # without the dot, lower case
        pa.field("kind", text),
        pa.field("title", text),
        pa.field("language", text),
        pa.field("page", int32),
        pa.field("line_start", int32),
        pa.field("line_end", int32),
        pa.field("char_start", int64),
        pa.field("char_end", int64),
        pa.field("heading", text),
        pa.field("anchor", text),
        pa.field("symbol", text),
        pa.field("symbol_kind", text),
        pa.field("text", text),  # shown
        pa.field("context", text),  # prepended for the model alone
        pa.field("terms", text),  # searcher.search.analyzer, for the full-text index
        pa.field("hash", text),  # blake2b-128 of context, separator and text: vectors are reused by it
        pa.field("doc_hash", text),  # of the file's bytes
        pa.field("tokens", int32),
        pa.field("size", int64),  # of the file, bytes
        pa.field("mtime_ns", int64),
        pa.field("date", int64),  # the document's own date, else its mtime; epoch seconds
        pa.field("tags", text),
        pa.field("gen", int64),  # grows with every write of the document; rows of an older one are surplus
        pa.field("spread", int32),  # of mass data: see searcher.store.rows.spread; else null
        pa.field("embedded", pa.bool_()),  # whether `vector` is there: counted without reading vectors
        pa.field("vector", pa.list_(pa.float16(), dim)),
    ]
    if rest_bytes:
        columns.append(pa.field("rest", pa.binary(rest_bytes)))  # of the full vector, for rescoring
    return pa.schema(columns, metadata={"schema_version": SCHEMA_VERSION, **metadata})
