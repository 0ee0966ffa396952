"""What breaks around the page: a drive that is gone, a server that is stopped, a part that fails."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, expect

from searcher import folders
from searcher.home import Home
from tests.browser.driving import Served, answers, search, settled, wait_until
from ui.page import memory

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


def test_a_stopped_server_and_a_failing_part_are_told_in_our_words(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "sourdough starter")
    served.up.stop()
    gone = desktop.locator("#server-gone")
    expect(gone).to_have_text(
        "searcher is not running. Start it with searcher up; this page comes back by itself."
    )
    assert desktop.locator("[data-testid=stDialog]:visible").count() == 0
    assert "internet" not in desktop.locator("body").inner_text().lower()
    expect(desktop.locator(".hit").first).to_be_visible()  # what was found can still be read
    home = Home(served.home)
    item = memory.Quotation(str(served.library / "x.md"), "L1", FAILING, "", "x", "", "")
    try:
        served.up.start(PATCHED)
        expect(gone).to_have_count(0)
        desktop.locator(".st-key-q input").fill("boiler pressure")
        expect(desktop.locator(".hits")).to_have_attribute("data-q", "boiler pressure")
        memory.update(home, lambda m: memory.added(m, item))
        desktop.get_by_role("link", name="Brief").click()
        crash = desktop.locator(".notice.crash")
        expect(crash).to_contain_text("RuntimeError: nobody expected <b>this</b>")
        expect(crash).to_contain_text("Everything else still works")
        report = crash.inner_text().split("the report is ")[1].removesuffix(".")
        assert "RuntimeError: nobody expected" in Path(report).read_text()
        settled(desktop)
        assert desktop.locator("[data-testid=stException]").count() == 0
        desktop.get_by_role("link", name="Search", exact=True).click()
        expect(desktop.locator(".hit").first).to_be_visible()
    finally:
        memory.update(home, lambda m: memory.dropped(m, item.path, item.at))
        if not answers(f"{served.url}/api/health"):
            served.up.start()
