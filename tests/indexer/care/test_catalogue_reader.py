"""A reader may come while the writer is still making the catalogue."""

from __future__ import annotations

from pathlib import Path

from indexer.catalogue import Catalogue
from searcher.home import Home


def test_a_catalogue_without_its_table_reads_as_empty(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    home.catalogue.touch()
    catalogue = Catalogue(home, write=False)
    assert (catalogue.counts(), catalogue.with_status("indexed"), catalogue.folders()) == ({}, [], set())
    catalogue.close()
    assert home.catalogue.read_bytes() == b""
