"""What breaks around the page: a drive that is gone, a server that is stopped, a part that fails."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, expect

from searcher import folders
from searcher.home import Home
from searcher.settings_file import change
from tests.browser.driving import DESKTOP, Served, Watched, answers, opened, search, settled, wait_until
from ui.page import memory
from ui.page.strings import de

FAILING = "a brief that fails"
PATCHED = f"""
from ui.page.brief import page
export = page._export
def failing(items, words):
    if any(item.title == {FAILING!r} for item in items):
        raise RuntimeError("nobody expected <b>this</b>")
    export(items, words)
page._export = failing
"""


def offline(served: Served) -> int:
    with urlopen(f"{served.url}/api/status", timeout=20) as answer:
        return int(json.load(answer)["files"]["offline"])


def test_a_folder_that_is_gone_is_said_and_comes_back(desktop: Page, served: Served, tmp_path: Path) -> None:
    drive, away = tmp_path / "drive", tmp_path / "away"
    drive.mkdir()
    for name in ("heron", "heron-nest"):
        (drive / f"{name}.md").write_text(f"# {name}\n\nThe purple heron ledger of {name} is in the attic.\n")
    home = Home(served.home)
    folders.add(home, drive)
    hits = desktop.locator(".hit", has_text="purple heron ledger")
    try:
        search(desktop, served.url, "purple heron ledger folder:drive")
        expect(hits).to_have_count(2)
        summary = desktop.locator(".summary [role=status]")
        expect(summary).to_have_text("2 results")
        drive.rename(away)
        wait_until(lambda: offline(served) == 2, 60, "the missing folder")
        # nothing of it is left: what is out of reach is said in place of advice about words
        said = f"{drive} is not reachable: its 2 files are searched again as soon as it is back."
        nothing = desktop.locator(".empty[role=status]")
        expect(nothing).to_contain_text(said)
        expect(nothing).to_contain_text("Nothing found in what is reachable")
        expect(nothing).not_to_contain_text("Try other words")
        # nor can one of them be opened
        before = desktop.url
        desktop.goto(f"{served.url}/?doc={drive}/heron.md")
        expect(desktop.locator(".preview .error")).to_contain_text("is not reachable now")
        desktop.goto(before)
        # something else is found: the same line above it, and no count of what cannot be opened
        desktop.locator(".st-key-q input").fill("purple heron ledger")
        expect(desktop.locator(".notice", has_text=said)).to_be_visible()
        expect(desktop.locator(".hit").first).to_be_visible()
        expect(hits).to_have_count(0)
        counted = desktop.locator(".facets li", has_text="drive/")
        expect(counted).to_have_count(0)
        desktop.goto(f"{served.url}/library")
        row = desktop.locator('[class*="st-key-folder-"]', has_text=str(drive))
        expect(row).to_contain_text("not reachable")
        expect(row).to_contain_text("2 files out of reach")
        assert "0 files" not in row.inner_text()
        away.rename(drive)
        expect(row).to_contain_text("watching", timeout=60_000)
        expect(row).to_contain_text("2 files")
        search(desktop, served.url, "purple heron ledger folder:drive")
        expect(hits).to_have_count(2)
        expect(desktop.locator(".notice", has_text="not reachable")).to_have_count(0)
    finally:
        folders.remove(home, str(drive))


def test_a_stopped_server_and_a_failing_part_are_told_in_our_words(
    desktop: Page, browser: Browser, served: Served, watched: Watched
) -> None:
    """Two tabs are open over the restart, after which the page speaks German."""
    search(desktop, served.url, "sourdough starter")
    home, said = Home(served.home), de.STRINGS
    item = memory.Quotation(str(served.library / "x.md"), "L1", FAILING, "", "x", "", "")
    with opened(browser, DESKTOP, watched) as other:
        other.goto(f"{served.url}/library")
        expect(other.locator(".folder").first).to_be_visible()
        served.up.stop()
        for tab in (desktop, other):
            expect(tab.locator("#server-gone")).to_have_text(
                "searcher is not running. Start it with searcher up; this page comes back by itself."
            )
            ground = tab.locator("#server-gone").evaluate("line => getComputedStyle(line).backgroundColor")
            assert ground not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"), "not in the page's colours"
            assert tab.locator("[data-testid=stDialog]:visible").count() == 0
            assert "internet" not in tab.locator("body").inner_text().lower()
        expect(desktop.locator(".hit").first).to_be_visible()  # what was found can still be read
        try:
            change(home, language="de")
            served.up.start(PATCHED)
            for tab, name in ((desktop, "nav_search"), (other, "nav_library")):
                expect(tab.locator("#server-gone")).to_have_count(0)
                expect(tab.locator(".st-key-bar a", has_text=said[name])).to_be_visible()
                expect(tab.locator("[data-testid=stSkipToContent]")).to_have_text(said["skip_to_content"])
            _answers_again(other)
            desktop.locator(".st-key-q input").fill("boiler pressure")
            expect(desktop.locator(".hits")).to_have_attribute("data-q", "boiler pressure")
            memory.update(home, lambda m: memory.added(m, item))
            desktop.get_by_role("link", name=said["nav_brief"]).click()
            crash = desktop.locator(".notice.crash")
            expect(crash).to_contain_text("RuntimeError: nobody expected <b>this</b>")
            expect(crash).to_contain_text("Alles andere geht weiter")
            report = crash.inner_text().split("der Bericht: ")[1].removesuffix(".")
            assert "RuntimeError: nobody expected" in Path(report).read_text()
            settled(desktop)
            assert desktop.locator("[data-testid=stException]").count() == 0
            desktop.get_by_role("link", name=said["nav_search"], exact=True).click()
            expect(desktop.locator(".hit").first).to_be_visible()
        finally:
            change(home, language=None)
            memory.update(home, lambda m: memory.dropped(m, item.path, item.at))
            if not answers(f"{served.url}/api/health"):
                served.up.start()


def _answers_again(library: Page) -> None:
    """A part of the page that asks by itself is known to the server."""
    settled(library)
    box = library.get_by_label(de.STRINGS["folder_label"], exact=True)
    box.fill("/nowhere/at/all")
    box.press("Enter")
    expect(library.get_by_role("alert")).to_contain_text("/nowhere/at/all")
