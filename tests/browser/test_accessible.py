"""Accessibility: axe-core finds nothing serious on any page, light or dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from searcher.home import Home
from searcher.settings_file import change
from tests.browser.driving import DESKTOP, Served, Watched, opened, settled, shot
from ui.page import memory

PAGES = {
    "welcome": "/",
    "search": "/?q=sourdough",
    "preview": "/?q=sourdough&doc={library}/notes/sourdough.md&at=L9-11",
    "library": "/library",
    "insight": "/insight",
    "brief": "/brief",
    "settings": "/settings",
}
OFTEN = ("search", "preview", "insight", "settings")  # hold every colour and kind of control there is
READY = {
    "welcome": ".empty",
    "search": ".hit",
    "preview": ".preview .doc",
    "library": ".folder",
    "insight": ".map circle",
    "brief": ".kept",
    "settings": ".st-key-set-hub",
}


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "de")])
def test_axe_finds_nothing_serious(
    browser: Browser, served: Served, watched: Watched, scheme: str, language: str
) -> None:
    serious = []
    home = Home(served.home)
    item = memory.Quotation(str(served.library / "notes/sourdough.md"), "L9-11", "Sourdough", "", "x", "", "")
    memory.update(home, lambda known: memory.added(known, item))
    change(home, language=language)
    try:
        with opened(browser, DESKTOP, watched, scheme) as page:
            for name in PAGES if scheme == "light" else OFTEN:
                address = PAGES[name]
                page.goto(served.url + address.format(library=served.library))
                page.locator(READY[name]).first.wait_for()
                page.locator("details.facets").evaluate_all(
                    "panels => panels.forEach(one => one.open = true)"
                )
                settled(page)
                expect(page.locator("html")).to_have_attribute("lang", language)
                shot(page, f"{name}-{scheme}")
                found = Axe().run(page).response
                assert len(found["passes"]) > 10
                serious += [
                    f"{name}: {rule['id']}: {rule['nodes'][0]['html'][:200]}"
                    for rule in found["violations"]
                    if rule["impact"] in ("serious", "critical")
                ]
    finally:
        change(home, language=None)
        memory.update(home, lambda known: memory.dropped(known, item.path, item.at))
    assert serious == []
