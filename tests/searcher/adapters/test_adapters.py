"""The retrievers inside the real frameworks."""

from __future__ import annotations

from pathlib import Path

import pytest

import indexer
from searcher import folders
from searcher.home import Home
from searcher.settings import Settings
from tests.conftest import make_home


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Home:
    place = tmp_path_factory.mktemp("adapters")
    (place / "notes").mkdir()
    (place / "notes" / "shed.md").write_text("# Shed\n\nThe keys of the bicycle shed hang behind the door.\n")
    (place / "notes" / "bread.md").write_text("# Bread\n\nLet the sourdough rest over night.\n")
    home = make_home(place / "home", starter)
    folders.add(home, place / "notes")
    indexer.index(home, Settings.load(home))
    return home


def test_langchain(library: Home) -> None:
    from langchain_core.documents import Document

    from searcher.adapters.langchain import SearcherRetriever

    retriever = SearcherRetriever(home=str(library.root), limit=1)
    found = retriever.invoke("Wo ist der Schlüssel zum Schuppen?")
    assert [type(document) for document in found] == [Document]
    assert found[0].metadata["source"].endswith("shed.md") and "behind the door" in found[0].page_content
    assert found[0].metadata["line_start"] >= 1
    chain = retriever | (lambda documents: documents[0].metadata["source"])
    assert chain.invoke("bread").endswith("bread.md")
    narrow = SearcherRetriever(home=str(library.root), filters={"types": ("pdf",)})
    assert narrow.invoke("bread") == []


def test_llama_index(library: Home) -> None:
    from llama_index.core.schema import NodeWithScore

    from searcher.adapters.llamaindex import SearcherRetriever

    found = SearcherRetriever(library.root, limit=1).retrieve("Wo ist der Schlüssel zum Schuppen?")
    assert [type(node) for node in found] == [NodeWithScore]
    assert found[0].node.metadata["source"].endswith("shed.md") and found[0].score
    assert "behind the door" in found[0].node.get_content()
    assert SearcherRetriever(library.root, types=("pdf",)).retrieve("bread") == []
