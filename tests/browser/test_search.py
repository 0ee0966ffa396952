"""The search page as a person uses it: type, look, filter, edit a file, move by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
from playwright.sync_api import Locator, Page, expect

from benchmarks.page_typing import typed
from tests.browser.driving import (
    BAR,
    Served,
    search,
    settled,
    shot,
    standing_still,
    stands,
    titles,
    touch,
)

# question, the file that answers it, and what is said of the place
QUESTIONS = [
    ("how do I feed the sourdough starter", "sourdough.md", ""),
    ("wo wird das Passwort geprüft?", "accounts.py", "lines"),
    ("how do I brew green tea", "茶.md", ""),
    ("what happens when bees swarm", "beekeeping.pdf", "page 2"),
]


def test_the_right_file_is_first_also_when_typed_fast_or_wrong(desktop: Page, served: Served) -> None:
    desktop.goto(served.url)
    box, first = desktop.locator(".st-key-q input"), desktop.locator(".hit").first
    for question, name, place in QUESTIONS:
        box.fill(question)
        expect(desktop.locator(".hits")).to_have_attribute("data-q", question)
        expect(first).to_have_attribute("data-path", f"{_of(served, name)}")
        expect(first.locator(".where")).to_contain_text(place)
        shot(desktop, f"search-{Path(name).suffix[1:]}")
    written = "getComputedStyle(document.querySelector('.st-key-q input')).direction"
    for query, way in (("كيف أطعم العجين", "rtl"), ("tea", "ltr")):
        box.fill(query)
        assert desktop.evaluate(written) == way
    # the last of many keystrokes wins
    for query in ("meeting", "boiler pressure", "verify credentials", "sourdough starter"):
        box.fill(query)
        desktop.wait_for_timeout(230)  # as fast as somebody types
    expect(first).to_have_attribute("data-path", str(_of(served, "sourdough.md")))
    settled(desktop)
    expect(first).to_have_attribute("data-path", str(_of(served, "sourdough.md")))
    # what was meant by a misspelt word
    box.fill("boilre")
    desktop.get_by_role("link", name="boiler", exact=True).click()
    expect(box).to_have_value("boiler")
    expect(desktop.locator(".hits")).to_have_attribute("data-q", "boiler")
    _what_takes_longer_than_a_second_says_so(desktop, served)


def _what_takes_longer_than_a_second_says_so(desktop: Page, served: Served) -> None:
    """Of a server that stands still: a thin bar, which moves unless the person wants nothing to move."""
    settled(desktop)
    moving = "document.getAnimations().filter(a => a.playState === 'running').map(a => a.animationName)"
    desktop.evaluate("document.addEventListener('input', () => (window.asked = performance.now()))")
    with standing_still(psutil.Process(served.up.process.pid)):
        desktop.locator(".st-key-q input").fill("boiler pressure")
        waited = desktop.wait_for_function(f"{BAR} === '1' && performance.now() - asked").json_value()
        assert waited > 900 and desktop.evaluate(moving) == []
        desktop.emulate_media(reduced_motion="no-preference")
        assert desktop.evaluate(moving) == ["pass"]
        desktop.emulate_media(reduced_motion="reduce")
        shot(desktop, "waiting")
        # suggestions that nobody waits for any more are in nobody's way
        with desktop.expect_event(
            "requestfailed", lambda request: "/api/suggest?q=boiler+pressure" in request.url
        ):
            desktop.locator(".st-key-q input").fill("boiler pressure low")
    expect(desktop.locator(".hits")).to_have_attribute("data-q", "boiler pressure low")
    settled(desktop)
    assert desktop.evaluate(BAR) == "0"


def _of(served: Served, name: str) -> Path:
    return next(served.library.rglob(name))


def test_the_word_being_typed_may_become_a_file_name_or_a_word(desktop: Page, served: Served) -> None:
    desktop.goto(served.url)
    box, suggested = desktop.locator(".st-key-q input"), desktop.locator(".suggested a")
    expect(box).to_be_focused()
    # key after key, none lost or moved, also not by what the server sends later
    assert typed(desktop, ".st-key-q input", '.hits[data-q="TEXT"]', "sourd", suggests=True)
    expect(suggested.first).to_have_text("sourdough.md")
    expect(suggested.and_(desktop.locator("[data-kind=heading]"))).to_have_text("Sourdough, the lazy way")
    suggested.get_by_text("sourdough", exact=True).click()
    expect(box).to_have_value("sourdough")
    expect(box).to_be_focused()
    expect(suggested).to_have_count(0)
    box.press_sequentially(" star")
    expect(suggested.first).to_have_text("starter")
    box.press("ArrowRight")
    expect(box).to_have_value("sourdough starter")
    expect(desktop.locator(".hits")).to_have_attribute("data-q", "sourdough starter")
    box.press_sequentially(" ty")
    suggested.get_by_text("type: only this kind of file").click()
    expect(box).to_have_value("sourdough starter type:")
    box.fill("sourdough starter")
    box.press_sequentially(" -le")
    expect(desktop.locator(".hits")).to_have_attribute("data-q", "sourdough starter -le")
    expect(suggested).to_have_count(0)
    desktop.wait_for_function("new URLSearchParams(location.search).get('q') === 'sourdough starter -le'")
    desktop.keyboard.type("/a")  # in the box a slash is a letter
    expect(box).to_have_value("sourdough starter -le/a")


def test_filters_narrow_and_are_links(phone: Page, served: Served) -> None:
    search(phone, served.url, "garden and kitchen")
    count = phone.locator(".hit").count()
    # the label stands below the title, and leaves it its width in every language
    title, fit, path = (
        phone.locator(f".hit {part}").first.bounding_box() for part in ("h3", ".fit", ".where")
    )
    assert title and fit and path
    assert title["width"] > 0.8 * path["width"] and title["y"] + title["height"] <= fit["y"] + 1 < path["y"]
    phone.locator(".chip", has_text="pdf").first.click()
    expect(phone.locator('.chip[aria-current="true"]')).to_have_count(1)
    expect(phone.locator(".hit .tile.pdf").first).to_be_visible()
    expect(phone.locator(".hit:not(:has(.tile.pdf))")).to_have_count(0)
    assert "type=pdf" in phone.url
    before = titles(phone)
    shot(phone, "filtered")
    phone.reload()
    expect(phone.locator(".hit").first).to_be_visible()
    assert titles(phone) == before
    phone.locator(".clear").click()
    expect(phone.locator('.chip[aria-current="true"]')).to_have_count(0)
    assert "type=" not in phone.url
    phone.go_back()
    expect(phone.locator('.chip[aria-current="true"]')).to_have_count(1)
    phone.go_back()
    expect(phone.locator(".hit")).to_have_count(count)
    assert "type=" not in phone.url
    _by_finger(phone)


def _by_finger(phone: Page) -> None:
    """A finger that goes along the timeline chooses a span; one that goes up scrolls the page."""
    phone.locator(".facets summary").click()
    bars = phone.locator(".timeline a")
    bars.nth(0).scroll_into_view_if_needed()
    settled(phone)
    first, third = (bars.nth(n).bounding_box() for n in (0, 2))
    assert first and third
    at = (first["x"] + first["width"] / 2, first["y"] + 30)
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = phone.evaluate(scrolled)
    touch(phone, at, (at[0], at[1] - 120))
    phone.wait_for_function(f"{scrolled} > {before} + 50")
    assert "since=" not in phone.url and phone.locator(".timeline .within").count() == 0
    stands(phone)
    phone.evaluate(f"{scrolled} = {before}")
    stands(phone)
    touch(phone, at, (third["x"] + third["width"] / 2, at[1]))
    expect(phone.locator(".timeline a[aria-current]")).to_have_count(3)
    shot(phone, "timeline")


def test_every_filter_gives_what_it_says_and_is_taken_back(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "garden and kitchen")
    summary, panel = desktop.locator(".summary [role=status]"), desktop.locator(".facets")
    before = str(summary.text_content())
    panel.locator("summary").click()

    def entry(name: str) -> Locator:
        return panel.locator(f'li[data-name="{name}"]')

    def said(name: str) -> int:
        return int(str(entry(name).locator(".n").text_content()))

    def gives(number: int) -> None:
        expect(summary).to_have_text(re.compile(rf"(^|\D){number}\D*$"))

    def set_alone(name: str) -> None:
        """Set, gives as many as was said, and set back."""
        expected = said(name)
        settled(desktop)
        entry(name).locator("a").click()
        expect(entry(name).locator("a")).to_have_attribute("aria-current", "true")
        gives(expected)
        shot(desktop, "facets")
        settled(desktop)
        entry(name).locator("a").click()
        expect(panel.locator("[aria-current]")).to_have_count(0)
        expect(summary).to_have_text(before)

    for name in ("PDF", "German", "notes/"):
        set_alone(name)
    # several types; a folder with them
    both = said("PDF") + said("Markdown")
    for name in ("PDF", "Markdown"):
        settled(desktop)
        entry(name).locator("a").click()
        expect(entry(name).locator("a")).to_have_attribute("aria-current", "true")
    gives(both)
    assert "type=pdf%2Cmd" in desktop.url
    expect(entry("Code")).to_be_visible()  # and more can be added
    settled(desktop)
    entry("papers/").locator("a").click()
    expect(entry("papers/").locator("a")).to_have_attribute("aria-current", "true")
    desktop.wait_for_function(
        "[...document.querySelectorAll('.hit')].every(h => h.dataset.path.includes('/papers/'))"
    )
    settled(desktop)
    desktop.locator(".clear").click()
    expect(summary).to_have_text(before)
    # a span of dates
    since, until = (panel.locator(f'input[data-filter="{name}"]') for name in ("since", "until"))
    since.fill("2026-01-01")
    expect(desktop.locator(".chip[aria-current]")).to_contain_text("2026-01-01")
    settled(desktop)
    until.fill("2026-03-31")
    expect(desktop.locator(".chip[aria-current]")).to_contain_text("until 2026-03-31")
    settled(desktop)
    days = desktop.locator(".hit .where").all_text_contents()  # folded ones too
    assert days and all(re.search(r"2026-0[1-3]-\d\d", day) for day in days)
    settled(desktop)
    until.fill("")
    desktop.wait_for_function("!location.search.includes('until')")
    settled(desktop)
    since.fill("")
    desktop.wait_for_function("!location.search.includes('since')")
    settled(desktop)
    expect(summary).to_have_text(before)
    _span_on_the_timeline(desktop, before)
    # a long list is searched
    types = panel.locator("section:not(.timeline)").first
    types.locator("input").fill("mark")
    expect(types.locator("li:visible")).to_have_count(1)
    # and the results are grouped
    panel.get_by_role("link", name="folder", exact=True).click()
    expect(desktop.locator(".hits .group").first).to_be_visible()
    shot(desktop, "grouped")


def _span_on_the_timeline(desktop: Page, before: str) -> None:
    """Chosen by a click, by dragging and by keys; taken back after each, when the summary is as `before`."""
    summary = desktop.locator(".summary [role=status]")
    bars = desktop.locator(".timeline a")
    counts = [
        int(str(label).rpartition(" ")[2]) for label in bars.evaluate_all("all => all.map(a => a.title)")
    ]
    assert len(counts) > 2 and sum(counts) == int(re.findall(r"\d+", before)[-1])
    shot(desktop, "timeline")

    def gives(first: int, last: int) -> None:
        name = f"since {bars.nth(first).get_attribute('data-since')}"
        expect(desktop.locator(".chip[aria-current]")).to_contain_text(name)
        expect(desktop.locator(".timeline a[aria-current]")).to_have_count(last - first + 1)
        settled(desktop)
        assert int(re.findall(r"\d+", str(summary.text_content()))[-1]) == sum(counts[first : last + 1])

    def back() -> None:
        desktop.locator(".clear").click()
        expect(summary).to_have_text(before)
        settled(desktop)

    place = next(n for n, count in enumerate(counts) if count)
    settled(desktop)
    bars.nth(place).click()
    gives(place, place)
    back()
    # by dragging
    bars.nth(0).hover()
    desktop.mouse.down()
    bars.nth(1).hover()
    bars.nth(2).hover()
    expect(desktop.locator(".timeline .within")).to_have_count(3)
    desktop.mouse.up()
    gives(0, 2)
    back()
    # by keys
    bars.nth(0).focus()
    desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("Shift+ArrowRight")
    expect(desktop.locator(".timeline .within")).to_have_count(2)
    desktop.keyboard.press("Enter")
    gives(1, 2)
    back()


def test_history_has_one_entry_a_step_and_the_bar_leads_back(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "garden and kitchen")
    desktop.locator(".chip", has_text="Markdown").first.click()
    expect(desktop.locator('.chip[aria-current="true"]')).to_have_count(1)
    before = desktop.evaluate("history.length")
    desktop.locator(".hit a.title").first.click()
    expect(desktop.locator(".preview .doc")).to_be_visible()
    desktop.locator(".preview .close").click()
    expect(desktop.locator(".preview")).to_have_count(0)
    assert desktop.evaluate("history.length") == before + 2
    desktop.go_back()
    expect(desktop.locator(".preview .doc")).to_be_visible()
    shown = dict(parse_qs(urlsplit(desktop.url).query))
    desktop.get_by_role("link", name="Library").click()
    expect(desktop.locator(".folder").first).to_be_visible()
    desktop.get_by_role("link", name="Search", exact=True).click()
    expect(desktop.locator(".preview .doc")).to_be_visible()
    assert dict(parse_qs(urlsplit(desktop.url).query)) == shown
    for landmark in (".folder", ".preview .doc"):
        desktop.go_back()
        expect(desktop.locator(landmark).first).to_be_visible()
    # an address that leads nowhere is said to, however many parts it has
    desktop.goto(f"{served.url}/nowhere/at/all")
    expect(desktop.locator("#unknown-page")).to_have_text(
        "There is no page at this address. This is the search."
    )
    expect(desktop.locator(".st-key-q input")).to_be_visible()


def test_recent_and_saved_searches_come_back(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "boiler pressure")
    desktop.get_by_role("button", name="Save search").click()
    expect(desktop.get_by_text("Search saved")).to_be_visible()
    # a toast must not take the page's styles with it
    assert desktop.locator(".tile").first.evaluate("e => getComputedStyle(e).display") == "grid"
    hit = desktop.locator(".hit").first
    name = Path(str(hit.get_attribute("data-path"))).name
    hit.locator(".menu > summary").click()
    hit.get_by_role("button", name="Pin or unpin").click()
    expect(desktop.get_by_text("it is on the first screen")).to_be_visible()
    settled(desktop)
    hit.locator(".menu > summary").click()
    hit.get_by_role("link", name="More like this").click()
    alike = desktop.locator(".chip[aria-current]", has_text=f"like {name}")
    expect(alike).to_be_visible()
    expect(desktop.locator(".st-key-q input")).to_have_value("")
    # back at once, and back before the step was answered, is where one was
    for _ in range(2):
        desktop.evaluate("history.back()")
        expect(hit).to_be_visible()
        expect(alike).to_have_count(0)
        desktop.wait_for_function("location.search === '?q=boiler+pressure'")
        settled(desktop)  # what is drawn anew has its menu closed
        hit.locator(".menu > summary").click()
        hit.get_by_role("link", name="More like this").click()
    desktop.evaluate("history.back()")
    desktop.wait_for_function("!location.search.includes('like=') && window.__searcher.pending === null")
    expect(hit).to_be_visible()
    expect(desktop.locator(".st-key-q input")).to_have_value("boiler pressure")
    desktop.locator(".hit a.title").first.click()
    expect(desktop.locator(".preview")).to_be_visible()
    desktop.goto(served.url)
    expect(desktop.locator(".searches section")).to_have_count(3)
    shot(desktop, "welcome")
    desktop.locator(".searches a", has_text=name).first.click()
    expect(desktop.locator(".preview h2")).to_be_visible()
    desktop.locator(".preview .close").click()
    saved = desktop.locator(".searches a", has_text="boiler pressure").first
    expect(saved.locator(".new")).to_have_count(0)
    note = served.library / "notes" / "pressure.md"
    note.write_text("# Boiler pressure\n\nThe boiler pressure must stand at 1.5 bar in winter.\n")
    try:
        expect(saved.locator(".new")).to_have_text("1 new")
        saved.click()
        expect(desktop.locator(f'.hit[data-path="{note}"]')).to_be_visible()
        desktop.goto(served.url)
        expect(saved).to_be_visible()
        settled(desktop)
        expect(saved.locator(".new")).to_have_count(0)
    finally:
        note.unlink()
