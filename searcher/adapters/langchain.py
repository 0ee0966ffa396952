"""A LangChain retriever over the library: `pip install 'searcher-desktop[langchain]'`.

retriever = SearcherRetriever(limit=5)
documents = retriever.invoke("where are the passwords checked?")
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

import searcher
from searcher.adapters.passages import metadata
from searcher.library import Library


class SearcherRetriever(BaseRetriever):
    """Documents hold the passage found; their metadata are the hit's fields: path, lines or page, cosine.

    `filters` are those of `Library.answer`, as in {"types": ("pdf",), "lang": "de"}.
    """

    home: str | None = None
    limit: int = 10
    mode: str = "hybrid"
    filters: dict[str, Any] = Field(default_factory=dict)

    @cached_property
    def library(self) -> Library:
        return searcher.open(self.home)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        hits = self.library.search(query, limit=self.limit, mode=self.mode, **self.filters)
        return [Document(page_content=hit.snippet, metadata=metadata(hit), id=hit.chunk_id) for hit in hits]
