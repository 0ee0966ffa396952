"""Names and texts that would be code or markup, in every place where a page could show them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from searcher.home import Home
from searcher.settings_file import change
from tests.browser.driving import (
    DESKTOP,
    HOSTILE,
    Watched,
    indexed,
    opened,
    serving,
    settled,
    shot,
    wait_until,
)
from ui.page import memory

NAME = "<img src=x onerror=window.hacked=1> :red[loud] [x](javascript:hacked=2)"
NOTEBOOK = {
    "nbformat": 4,
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "markdown", "source": f"# Tides\n\nThe gauge of {NAME}."},
        {
            "cell_type": "code",
            "source": f"def gauge():\n    # {NAME}\n    return 'brest'",
            "outputs": [{"output_type": "stream", "text": NAME}],
        },
        {"cell_type": "code", "source": "gauge()"},
    ],
}
INERT = "script:not([src]):has-text('hacked'), img[src='x'], iframe, svg[onload], a[href^='javascript']"


@pytest.mark.timeout(240)
def test_nothing_hostile_runs_on_any_page(
    browser: Browser, watched: Watched, starter: Path, tmp_path: Path
) -> None:
    folder = tmp_path / f"{NAME} folder"
    folder.mkdir()
    (folder / f"{NAME}.md").write_text(HOSTILE)
    (folder / "<svg onload=window.hacked=3>.html").write_text(
        f"<title>{'&lt;img src=x onerror=hacked=4&gt;'}</title><p>A hostile pomegranate page.</p>"
    )
    (folder / f"{NAME}.csv").write_text(f'fruit,note\n"=1+1",{NAME}\npomegranate,hostile <b>row</b>\n')
    (folder / f"{NAME}.py").write_text(f'"""Hostile pomegranate {NAME}."""\n')
    (folder / f"{NAME}.pdf").write_bytes(b"%PDF-1.4\nbroken")
    home = Home(tmp_path / "home")
    with serving(home.root, starter, folder) as url:
        wait_until(lambda: indexed(url, 4), 120, "indexing the hostile files")
        kept = memory.Quotation(str(folder / f"{NAME}.md"), "L3", NAME, NAME, HOSTILE, NAME, "2026-01-01")
        memory.update(home, lambda m: memory.added(memory.searched(m, f"?q={quote(NAME)}"), kept))
        change(home, instructions={"auto": HOSTILE})
        with opened(browser, DESKTOP, watched) as page:
            page.goto(f"{url}/?q={quote('hostile pomegranate ' + NAME)}")
            expect(page.locator(".hit")).to_have_count(4)
            expect(page.locator(".hit", has_text="onerror=window.hacked=1").first).to_be_visible()
            expect(page.locator(".hit", has_text="window.hacked = 1").first).to_contain_text(
                ":red[directive]"
            )
            page.locator("details.weak").evaluate_all("folds => folds.forEach(fold => fold.open = true)")
            _quiet(page, "search")
            for number in range(4):
                page.locator(".hit a.title").nth(number).click()
                expect(page.locator(".hit.open")).to_have_count(1)
                expect(page.locator(".hit").nth(number)).to_have_class(re.compile(r"\bopen\b"))
                expect(page.locator(".preview .doc")).to_be_visible()
                expect(page.locator(".preview")).to_contain_text(re.compile("pomegranate", re.IGNORECASE))
                _quiet(page, f"preview {number}")
            _pictures_and_cells(page, url, folder)
            page.goto(url)
            expect(page.locator(".searches a").first).to_contain_text("onerror=window.hacked=1")
            _quiet(page, "welcome")
            page.goto(f"{url}/library")
            expect(page.locator(".problems").first).to_contain_text("onerror=window.hacked=1")
            expect(page.locator(".folder .name")).to_contain_text("onerror=window.hacked=1")
            box = page.get_by_label("Folder", exact=True)
            box.fill(NAME)
            box.press("Enter")
            expect(page.get_by_role("alert")).to_contain_text("onerror=window.hacked=1")
            _quiet(page, "library")
            page.goto(f"{url}/insight")
            expect(page.locator(".bars").first).to_contain_text("Markdown")
            settled(page)
            page.locator(".map circle").first.hover(force=True)
            expect(page.locator(".map-tip")).to_be_visible()
            _quiet(page, "insight")
            page.goto(f"{url}/brief")
            expect(page.locator(".kept")).to_contain_text("onerror=window.hacked=1")
            _quiet(page, "brief")
            page.goto(f"{url}/settings")
            page.get_by_text("Instructions for the model").click()
            expect(page.locator("textarea").first).to_have_value(HOSTILE)
            _quiet(page, "settings")
        assert watched.outside == []


def _pictures_and_cells(page: Page, url: str, folder: Path) -> None:
    """Of the pictures that a note names, those of the library are shown; of a notebook its code is."""
    outside = folder.parent / "outside.png"
    for path in (outside, folder / "img" / "a photo.png"):
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (900, 500), "teal").save(path)
    (folder / "img" / "link.png").symlink_to(outside)
    targets = ["img/a%20photo.png", "../outside.png", "img/link.png", f"file://{outside}"]
    written = "\n\n".join(f"![{NAME[:9]}]({target})" for target in [*targets, "https://beacon.example/x.png"])
    (folder / "shown.md").write_text(f"# Pictures\n\n{written}\n\n![[img/a photo.png|200]]\n")
    (folder / "book.ipynb").write_text(json.dumps(NOTEBOOK))
    wait_until(lambda: indexed(url, 7), 60, "indexing the picture and the notebook")
    page.goto(f"{url}/?doc={quote(str(folder / 'shown.md'))}")
    pictures = page.locator(".preview .md img")
    expect(pictures).to_have_count(2)
    page.wait_for_function("[...document.querySelectorAll('.md img')].every(one => one.naturalWidth === 900)")
    expect(page.locator(".preview .md .image")).to_have_count(3)
    _quiet(page, "pictures")
    page.goto(f"{url}/?doc={quote(str(folder / 'book.ipynb'))}")
    expect(page.locator(".preview .cell")).to_have_count(2)
    expect(page.locator(".preview .cell .tf")).to_have_text("gauge")
    _quiet(page, "cells")


def _quiet(page: Page, name: str) -> None:
    settled(page)
    shot(page, f"hostile-{name.replace(' ', '-')}")
    assert page.evaluate("window.hacked") is None, name
    assert page.locator(INERT).count() == 0, name
    assert page.locator(".st-key-bar").is_visible(), name
