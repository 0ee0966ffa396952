"""Another dimension or passage size, chosen on the page: the old index answers until the new one is there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from searcher.home import Home
from searcher.runtime import pause, resume
from searcher.settings import RECENT, Settings
from searcher.store.table import read_live
from tests.browser.driving import DESKTOP, Watched, indexed, opened, search, serving, shot, wait_until
from tests.shared import spare_labels

NOTES = 30


@pytest.fixture(scope="session")
def starter(first_layers: Path) -> Path:
    """What is looked at is how one index follows another, and answers that their words lead to."""
    return first_layers


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def fact(page: Page, name: str) -> Locator:
    return page.locator(f".facts dt:text-is('{name}') + dd")


@pytest.mark.timeout(400)
def test_search_answers_while_another_index_is_built(
    browser,
    watched: Watched,
    starter: Path,
    starter_axes: Path,
    tmp_path: Path,  # type: ignore[no-untyped-def]
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(NOTES):
        sea = " ".join(f"On day {number * 7 + n} the ferry sailed past buoy {n}." for n in range(30))
        (folder / f"log-{number}.md").write_text(f"# Log {number}\n\n{sea}\n")
    (folder / "otter.md").write_text("# Otter\n\nOtters hold hands while they sleep.\n")
    shutil.copy(starter_axes, Home(tmp_path / "home").create().models)
    with serving(tmp_path / "home", starter, folder) as url:
        wait_until(lambda: indexed(url, NOTES + 1), 240, "indexing the logs")
        home = Home(tmp_path / "home")
        spare_labels(home, 60)
        before = read_live(home)
        assert before is not None
        with opened(browser, DESKTOP, watched) as page, opened(browser, DESKTOP, watched) as other:
            search(other, url, "animals that hold hands asleep")
            page.goto(f"{url}/settings")
            expect(fact(page, "Dimension")).to_have_text("384")
            choose(page, "Passages of", "96")
            expect(page.locator(".notice")).to_contain_text("embedded again")
            page.get_by_role("button", name="Switch").click()
            expect(page.locator(".rebuild")).to_contain_text("Building a new index")
            expect(page.get_by_role("button", name="Switch")).to_have_count(0)
            shot(page, "rebuild-begins")
            bar = page.locator(".rebuild progress[value]")
            expect(bar).to_be_visible(timeout=120_000)
            expect(page.locator(".rebuild")).to_contain_text("of ", timeout=60_000)
            shot(page, "rebuild")
            # held where it is, while another tab asks: the old index answers
            pause(home)
            assert home.building.exists(), "the switch was over before it could be watched"
            first = float(bar.get_attribute("value") or 0)
            search(other, url, "which animals sleep hand in hand")
            expect(other.locator(".hit").first).to_have_attribute("data-path", re.compile("otter"))
            assert read_live(home) == before
            other.locator(".hit a.title").first.click()
            expect(other.locator(".preview .doc")).to_be_visible()
            other.locator(".preview [data-find]").fill("otters hold")
            expect(other.locator(".find [role=status]")).to_have_text("1 of 1")
            for button, chosen in (("Recent files first", RECENT), ("All files in the usual order", "")):
                page.get_by_role("button", name=button).click()
                wait_until(lambda: Settings.load(home).embed_first == chosen, 30, button)  # noqa: B023
            expect(page.get_by_role("button", name="Recent files first")).to_be_visible()
            resume(home)
            wait_until(
                lambda: bar.count() == 0 or float(bar.get_attribute("value") or 0) > first, 120, "progress"
            )
            expect(page.locator(".rebuild")).to_have_count(0, timeout=240_000)
            expect(fact(page, "Passages of")).to_have_text("96 tokens")
            search(other, url, "animals that hold hands asleep")
            expect(other.locator(".hit").first).to_have_attribute("data-path", re.compile("otter"))
            # a smaller dimension is cut from what is there
            choose(page, "Dimension", "128")
            expect(page.locator(".notice")).to_contain_text("nothing is embedded again")
            page.get_by_role("button", name="Switch").click()
            expect(page.locator(".facts")).to_contain_text("128", timeout=120_000)
            search(other, url, "which animals sleep hand in hand")
            expect(other.locator(".hit").first).to_have_attribute("data-path", re.compile("otter"))
        after = read_live(home)
        assert after is not None and (after.dim, after.native_dim) == (128, 384)
