"""A library as Zotero keeps it: its own titles, tags, authors and dates, while Zotero holds its lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from indexer.care.rebuild import target
from indexer.references.zotero import Zotero
from indexer.work.pipeline import Pipeline
from searcher import folders
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.library import Library
from searcher.records import Document
from searcher.settings import Settings

# the tables that are read, as Zotero 7 has them
TABLES = """
CREATE TABLE items (itemID INTEGER PRIMARY KEY, itemTypeID INT, key TEXT NOT NULL);
CREATE TABLE itemAttachments (itemID INTEGER PRIMARY KEY, parentItemID INT, contentType TEXT, path TEXT);
CREATE TABLE fields (fieldID INTEGER PRIMARY KEY, fieldName TEXT);
CREATE TABLE itemDataValues (valueID INTEGER PRIMARY KEY, value);
CREATE TABLE itemData (itemID INT, fieldID INT, valueID INT, PRIMARY KEY (itemID, fieldID));
CREATE TABLE creators (creatorID INTEGER PRIMARY KEY, firstName TEXT, lastName TEXT);
CREATE TABLE itemCreators (itemID INT, creatorID INT, creatorTypeID INT, orderIndex INT);
CREATE TABLE tags (tagID INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE itemTags (itemID INT, tagID INT, type INT);
INSERT INTO fields VALUES (1, 'title'), (2, 'date'), (3, 'shortTitle'), (4, 'extra');
INSERT INTO items VALUES (1, 2, 'PARENT22'), (2, 3, 'ABCD2345');
INSERT INTO itemAttachments VALUES (2, 1, 'text/plain', 'storage:download(7).txt');
INSERT INTO itemDataValues VALUES (1, 'Sedimentation in tidal basins'), (2, '2019-03-00 March 2019'),
  (3, 'Tidal basins'), (4, 'Citation Key: oestergaard2019');
INSERT INTO itemData VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3), (1, 4, 4);
INSERT INTO creators VALUES (1, 'Maren', 'Østergaard'), (2, NULL, 'Wadden Institute');
INSERT INTO itemCreators VALUES (1, 2, 1, 1), (1, 1, 1, 0);
INSERT INTO tags VALUES (1, 'wadden sea'), (2, 'mud');
INSERT INTO itemTags VALUES (1, 1, 0), (2, 2, 0);
"""


@contextmanager
def zotero(folder: Path) -> Iterator[sqlite3.Connection]:
    """Zotero at work: its database locked against all others."""
    with closing(sqlite3.connect(folder / "zotero.sqlite", isolation_level=None)) as db:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.executescript(TABLES)
        yield db


@pytest.fixture
def library(tmp_path: Path) -> Path:
    place = tmp_path / "Zotero" / "storage" / "ABCD2345"
    place.mkdir(parents=True)
    (place / "download(7).txt").write_text("Fine grains settle where the current slackens.\n")
    return tmp_path / "Zotero"


def test_its_files_have_the_titles_it_gives_them(library: Path, home: Home) -> None:
    folders.add(home, library)
    settings = Settings()
    with closing(open_embedder(home, settings, role="index")) as embedder, zotero(library) as db:
        with pytest.raises(sqlite3.OperationalError):  # the lock is real
            sqlite3.connect(library / "zotero.sqlite", timeout=0).execute("SELECT * FROM items")
        with (
            target(home, embedder.model) as place,
            closing(
                Pipeline(home, settings, place.store, place.catalogue, embedder, lambda _: None)
            ) as pipeline,
        ):
            pipeline.scan()
            while pipeline.step():
                pass
            assert pipeline.summary.chunks_embedded == 1
            with Library(home, settings) as asked:
                (hit,) = asked.search("Østergaard", mode="words")  # an author, named nowhere in the text
                assert hit.title == "Sedimentation in tidal basins" and hit.date == "2019-03-01"
                for query in ("sedimentation tag:mud", "grains tag:wadden-sea", "oestergaard2019"):
                    assert [hit.title for hit in asked.search(query, mode="words")] == [hit.title], query
            db.execute("UPDATE itemDataValues SET value = 'Where mud settles' WHERE valueID = 1")
            pipeline.scan()
            while pipeline.step():
                pass
            assert pipeline.summary.chunks_embedded == 1, "a title is no reason to embed"
            db.execute("UPDATE itemTags SET tagID = 2")
        with Library(home, settings) as asked:
            assert [hit.title for hit in asked.search("mud", mode="words")] == ["Where mud settles"]


def test_what_is_no_database_of_zoteros_costs_nothing_but_the_titles(library: Path, home: Home) -> None:
    document = Document("Fine grains", "txt")
    file = library / "storage" / "ABCD2345" / "download(7).txt"
    database = library / "zotero.sqlite"

    def known() -> Document:
        return Zotero(home).of(str(library), file, document)

    assert known() == document  # there is none
    database.write_bytes(b"no database")
    assert known() == document
    database.unlink()
    with closing(sqlite3.connect(database)) as db:
        db.executescript(TABLES + "DROP TABLE tags; CREATE VIEW tags AS SELECT 1 AS tagID, 'x' AS name;")
    assert known() == document
    database.unlink()
    with zotero(library):
        assert known().title == "Sedimentation in tidal basins"
        # the database must lie in the folder that was given to searcher, be no link, and the key be one
        assert Zotero(home).of(str(library / "storage"), file, document) == document
        other = library / "storage" / "notes" / "a.txt"
        assert Zotero(home).of(str(library), other, document) == document
    database.rename(library.parent / "elsewhere.sqlite")
    database.symlink_to(library.parent / "elsewhere.sqlite")
    assert known() == document and not home.references_copy.exists()
