"""Accessibility: axe-core finds nothing serious on any page, light or dark. Each fits any window."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from searcher.home import Home
from searcher.settings_file import change
from tests.browser.driving import DESKTOP, Served, Watched, opened, settled, shot
from ui.page import memory
from ui.page.strings import de

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
GROUND = "getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/\\d+/)[0]"  # its red
SIZES = ((1920, 1080), (390, 844), DESKTOP)
# nothing scrolls sideways, or reaches beyond the window where it could
FITS = """
() => [document.scrollingElement, document.querySelector('[data-testid=stMain]')].every(
  element => element.clientWidth === innerWidth && element.scrollWidth <= innerWidth)
"""
# the preview stands beside the results and in the window, with at least five of them, once none is folded
BESIDE = """
() => {
  document.querySelector('details.facets').open = false
  document.querySelector('details.weak').open = true
  const box = element => element.getBoundingClientRect()
  const preview = box(document.querySelector('.preview')), list = box(document.querySelector('.hits'))
  const seen = [...document.querySelectorAll('.hit')].filter(
    hit => hit.checkVisibility() && box(hit).bottom <= innerHeight)
  return list.left >= 0 && list.width > 500 && preview.left >= list.right && preview.width > 500
    && preview.right <= innerWidth && preview.top >= 0 && preview.bottom <= innerHeight && seen.length >= 5
}
"""
# once none is folded, at least five results in the window
FIVE = """
() => {
  document.querySelector('details.facets').open = false
  document.querySelector('details.weak').open = true
  const bottoms = [...document.querySelectorAll('.hit')].map(hit => hit.getBoundingClientRect().bottom)
  return bottoms.filter(bottom => bottom <= innerHeight).length >= 5
}
"""
READY = {
    "welcome": ".empty",
    "search": ".hit",
    "preview": ".preview .doc",
    "library": ".folder",
    "insight": ".map circle",
    "brief": ".kept",
    "settings": ".st-key-set-hub",
}


def test_axe_finds_nothing_serious(browser: Browser, served: Served, watched: Watched) -> None:
    serious = []
    home = Home(served.home)
    item = memory.Quotation(str(served.library / "notes/sourdough.md"), "L9-11", "Sourdough", "", "x", "", "")
    memory.update(home, lambda known: memory.added(known, item))
    change(home, language="de")
    try:
        with opened(browser, DESKTOP, watched) as page:
            for name, address in PAGES.items():
                page.emulate_media(color_scheme="light")
                page.goto(served.url + address.format(library=served.library))
                page.locator(READY[name]).first.wait_for()
                page.locator("details.facets").evaluate_all(
                    "panels => panels.forEach(one => one.open = true)"
                )
                expect(page.locator("html")).to_have_attribute("lang", "de")
                if name == "preview":
                    finding = page.get_by_label(de.STRINGS["find_in"])
                    expect(finding).to_be_visible()
                for scheme in ("light", "dark") if name in OFTEN else ("light",):
                    page.emulate_media(color_scheme=scheme)
                    page.wait_for_function(f"{GROUND} {'<' if scheme == 'dark' else '>'} 127")
                    settled(page)
                    shot(page, f"{name}-{scheme}")
                    found = Axe().run(page).response
                    assert len(found["passes"]) > 10
                    serious += [
                        f"{name}: {rule['id']}: {rule['nodes'][0]['html'][:200]}"
                        for rule in found["violations"]
                        if rule["impact"] in ("serious", "critical")
                    ]
                _fits(page, name)
    finally:
        change(home, language=None)
        memory.update(home, lambda known: memory.dropped(known, item.path, item.at))
    assert serious == []


def _fits(page: Page, name: str) -> None:
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(FITS)
        if name == "search" and (width, height) == DESKTOP:
            page.wait_for_function(FIVE)
        if name == "preview" and width == 1920:
            page.wait_for_function(BESIDE)
            shot(page, name)
