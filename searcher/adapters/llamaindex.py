"""A LlamaIndex retriever over the library: `pip install 'searcher-desktop[llamaindex]'`.

retriever = SearcherRetriever(limit=5)
nodes = retriever.retrieve("where are the passwords checked?")
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

import searcher
from searcher.adapters.passages import metadata
from searcher.library import Library


class SearcherRetriever(BaseRetriever):
    """Nodes hold the passage found, scored as the library ranks it; their metadata are the hit's fields.

    `filters` are those of `Library.answer`, as in types=("pdf",) or lang="de".
    """

    def __init__(
        self,
        home: str | os.PathLike[str] | None = None,
        *,
        limit: int = 10,
        mode: str = "hybrid",
        **filters: Any,
    ) -> None:
        super().__init__()
        self._home, self._limit, self._mode, self._filters = home, limit, mode, filters

    @cached_property
    def library(self) -> Library:
        return searcher.open(self._home)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self.library.search(
            query_bundle.query_str, limit=self._limit, mode=self._mode, **self._filters
        )
        return [
            NodeWithScore(
                node=TextNode(id_=hit.chunk_id, text=hit.snippet, metadata=metadata(hit)), score=hit.score
            )
            for hit in hits
        ]
