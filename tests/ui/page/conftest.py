"""The sample library, indexed once, and the page's script run on it without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from searcher.home import Home
from tests.shared import Indexed
from ui.service import use

SCRIPT = Path(__file__).parents[3] / "ui" / "page" / "app.py"


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, indexed_sample: Indexed) -> Home:
    """A home with the index of the sample library."""
    return indexed_sample.copied(tmp_path_factory.mktemp("page") / "home")


@pytest.fixture(scope="session")
def folder(indexed_sample: Indexed) -> Path:
    """The sample library. Not to be changed."""
    return indexed_sample.folder


@pytest.fixture
def app(indexed: Home) -> Iterator[Callable[..., AppTest]]:
    """Runs the page: `app("library", q="bees")`; without a page it is the search."""
    use(indexed)

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
