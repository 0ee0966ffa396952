"""The keyboard alone, in the order a person meets things; and motion for those who want none."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import Served, search

ACTIVE = "document.activeElement.closest('.hit')?.dataset.path"
IN_BOX = "document.activeElement.matches('.st-key-q input')"


def test_shift_enter_opens_the_first_result_and_enter_searches(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "garden and kitchen")
    desktop.keyboard.press("Enter")
    desktop.wait_for_timeout(400)
    expect(desktop.locator(".preview")).to_have_count(0)
    assert desktop.evaluate(IN_BOX)
    first = desktop.locator(".hit").first.get_attribute("data-path")
    desktop.keyboard.press("Shift+Enter")
    expect(desktop.locator(".preview")).to_be_visible()
    expect(desktop.locator(".hit.open")).to_have_attribute("data-path", str(first))


def test_arrows_stop_at_the_ends_and_lead_back_to_the_box(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "garden and kitchen")
    count = desktop.locator(".hit").count()
    for _ in range(count + 3):
        desktop.keyboard.press("ArrowDown")
    last = desktop.locator(".hit").last
    assert desktop.evaluate(ACTIVE) == last.get_attribute("data-path")
    expect(last.locator("a.title")).to_be_in_viewport()
    for _ in range(count):
        desktop.keyboard.press("ArrowUp")
    assert desktop.evaluate(IN_BOX)


def test_a_slash_typed_into_the_box_is_a_letter(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "notes")
    desktop.keyboard.type("/a")
    expect(desktop.locator(".st-key-q input")).to_have_value("notes/a")


def test_tab_goes_from_the_box_through_filters_to_the_results(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "garden and kitchen")
    order: list[str] = []
    for _ in range(40):
        desktop.keyboard.press("Tab")
        name = desktop.evaluate(
            "(() => { const e = document.activeElement; return e.closest('.chips') ? 'filter'"
            " : e.closest('.orders') ? 'order' : e.matches('a.title') ? 'result' : '' })()"
        )
        if name and name not in order:
            order.append(name)
        if name:
            outlined = "(getComputedStyle(document.activeElement).outlineStyle !== 'none'"
            underlined = "getComputedStyle(document.activeElement).textDecorationLine.includes('underline'))"
            assert desktop.evaluate(f"{outlined} || {underlined}"), f"no focus ring on {name}"
        if name == "result":
            break
    assert order == ["filter", "order", "result"]
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".preview")).to_be_visible()


def test_escape_first_closes_the_preview_then_clears(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "garden and kitchen")
    desktop.keyboard.press("ArrowDown")
    desktop.keyboard.press("Enter")
    expect(desktop.locator(".preview")).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".preview")).to_have_count(0)
    expect(desktop.locator(".hit").first).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".hit")).to_have_count(0)
    assert desktop.evaluate(IN_BOX)


def test_reduced_motion_is_respected(desktop: Page, served: Served) -> None:
    desktop.emulate_media(reduced_motion="reduce")
    search(desktop, served.url, "garden and kitchen")
    moving = desktop.evaluate(
        "[...document.querySelectorAll('.stMain *')].filter(e => { const s = getComputedStyle(e);"
        " return parseFloat(s.transitionDuration) > 0 || s.animationName !== 'none' }).length"
    )
    assert moving == 0
    for _ in range(8):
        desktop.keyboard.press("ArrowDown")
    at = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = desktop.evaluate(at)
    desktop.wait_for_timeout(300)
    assert desktop.evaluate(at) == before
