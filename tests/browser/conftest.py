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
    """`searcher up` on a copy of the sample library, until the room is done."""
    place = tmp_path_factory.mktemp("browser")
    library = copy_sample(place / "library")
    papers.write(library / "office")
    up = serving(place / "home", starter, library)
    with up as url:
        wait_until(lambda: indexed(url, 17 + len(papers.QUESTIONS)), 240, "indexing the sample library")
        yield Served(url, library, place / "home", up)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Until the room is done: Playwright keeps an event loop in the main thread as long as it runs."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def desktop(browser: Browser, watched: Watched) -> Iterator[Page]:
    """A tab of which is written down what leaves the machine or breaks in it."""
    with opened(browser, DESKTOP, watched) as tab:
        yield tab


@pytest.fixture
def phone(browser: Browser, watched: Watched) -> Iterator[Page]:
    """The same for fingers, 390 pixels wide."""
    with opened(browser, PHONE, watched) as tab:
        yield tab
