"""The sample library, indexed once, and the page's script run on it without a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from searcher.home import Home

SCRIPT = Path(__file__).parents[3] / "ui" / "page" / "app.py"


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Home:
    """A home whose library is a copy of the sample, indexed by the real pipeline."""
    from indexer import index
    from searcher import folders
    from searcher.settings import Settings

    place = tmp_path_factory.mktemp("page")
    home = Home(place / "home").create()
    for file in filter(Path.is_file, starter.parent.iterdir()):
        os.link(file, home.models / file.name)
    with as_file(files("ui") / "sample") as source:
        folders.add(home, shutil.copytree(source, place / "sample"))
    index(home, Settings.load(home))
    return home


@pytest.fixture
def app(indexed: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    """Runs the page: `app("library", q="bees")`; without a page it is the search."""
    monkeypatch.setenv("SEARCHER_HOME", str(indexed.root))

    def run(page: str = "", **params: str) -> AppTest:
        test = AppTest.from_file(str(SCRIPT), default_timeout=60)
        for name, value in params.items():
            test.query_params[name] = value
        if page:
            test = AppTest.from_function(_one_page, args=(page,), default_timeout=60)
        return test.run()

    yield run


def _one_page(name: str) -> None:
    import importlib

    importlib.import_module(f"ui.page.{name}.page").render()
