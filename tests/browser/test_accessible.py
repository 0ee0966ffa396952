"""Accessibility: axe-core finds nothing serious on any page, light or dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.driving import DESKTOP, Served, Watched, opened, shot

PAGES = {
    "search": "/?q=sourdough",
    "preview": "/?q=sourdough&doc={library}/notes/sourdough.md&at=L9-11",
    "library": "/library",
    "insight": "/insight",
    "brief": "/brief",
    "settings": "/settings",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(
    browser: Browser, served: Served, watched: Watched, name: str, scheme: str
) -> None:
    with opened(browser, DESKTOP, watched, scheme) as page:
        page.goto(served.url + PAGES[name].format(library=served.library))
        page.locator(".hit, h1.title").first.wait_for()
        page.wait_for_timeout(1200)
        shot(page, f"{name}-{scheme}")
        found = Axe().run(page).response["violations"]
    serious = [
        f"{v['id']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary'][:200]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
