"""A real `searcher up` and a real Chromium looking at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import papers
from tests.browser.driving import (
    DESKTOP,
    FLAGS,
    HOSTILE,
    PHONE,
    Served,
    Watched,
    indexed,
    opened,
    serving,
    wait_until,
)
from tests.shared import copy_sample

expect.set_options(timeout=30_000)  # a busy machine with two cores may take its time


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Iterator[Served]:
    """`searcher up` on a copy of the sample library and one hostile note, until the room is done."""
    place = tmp_path_factory.mktemp("browser")
    library = copy_sample(place / "library")
    (library / "notes" / "hostile.md").write_text(HOSTILE)
    papers.write(library / "office")
    up = serving(place / "home", starter, library)
    with up as url:
        wait_until(lambda: indexed(url, 18 + len(papers.QUESTIONS)), 240, "indexing the sample library")
        yield Served(url, library, place / "home", up)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Until the room is done: Playwright keeps an event loop in the main thread as long as it runs."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    return request.param


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def page(browser: Browser, size: tuple[int, int], watched: Watched) -> Iterator[Page]:
    """A tab in a context of its own; whatever leaves the machine or breaks in it is written down."""
    with opened(browser, size, watched) as tab:
        yield tab


@pytest.fixture
def desktop(browser: Browser, watched: Watched) -> Iterator[Page]:
    with opened(browser, DESKTOP, watched) as tab:
        yield tab
