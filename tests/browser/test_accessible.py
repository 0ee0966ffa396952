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
READY = {
    "search": ".hit",
    "preview": ".preview .doc",
    "library": ".folder",
    "insight": "[data-testid=stVegaLiteChart] svg.marks, [data-testid=stVegaLiteChart] canvas.marks",
    "brief": "h1.title",
    "settings": "text=Home folder",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, served: Served, watched: Watched, scheme: str) -> None:
    serious = []
    with opened(browser, DESKTOP, watched, scheme) as page:
        for name, address in PAGES.items():
            page.goto(served.url + address.format(library=served.library))
            page.locator(READY[name]).first.wait_for()
            page.wait_for_timeout(400)
            shot(page, f"{name}-{scheme}")
            found = Axe().run(page).response
            assert len(found["passes"]) > 10
            serious += [
                f"{name}: {v['id']}: {v['nodes'][0]['html'][:200]} {v['nodes'][0]['failureSummary'][:200]}"
                for v in found["violations"]
                if v["impact"] in ("serious", "critical")
            ]
    assert serious == []
