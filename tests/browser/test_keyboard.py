"""The keyboard alone, in the order a person meets things; and motion for those who want none."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import Served, search, settled

REDRAWN = """
() => {
  const fold = document.querySelector("details.weak")
  const again = fold.cloneNode(true)
  again.open = false
  fold.replaceWith(again)
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", bubbles: true }))
  return document.activeElement.closest(".hit")?.dataset.path
}
"""
ACTIVE = "document.activeElement.closest('.hit')?.dataset.path"
IN_BOX = "document.activeElement.matches('.st-key-q input')"


def test_enter_and_arrows_move_the_selection_and_the_preview_with_it(desktop: Page, served: Served) -> None:
    desktop.emulate_media(reduced_motion="reduce")
    search(desktop, served.url, "garden and kitchen")
    moving = desktop.evaluate(
        "[...document.querySelectorAll('.stMain *')].filter(e => { const s = getComputedStyle(e);"
        " return parseFloat(s.transitionDuration) > 0 || s.animationName !== 'none' }).length"
    )
    assert moving == 0
    desktop.keyboard.press("Enter")
    settled(desktop)
    expect(desktop.locator(".preview")).to_have_count(0)
    assert desktop.evaluate(IN_BOX)
    count = desktop.locator(".hit").count()  # folded ones included: the arrows open the fold
    for _ in range(count + 3):
        desktop.keyboard.press("ArrowDown")
    at = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = desktop.evaluate(at)
    desktop.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert desktop.evaluate(at) == before, "it moves where nothing should"
    last = desktop.locator(".hit").nth(count - 1)
    assert desktop.evaluate(ACTIVE) == last.get_attribute("data-path")
    expect(last.locator("a.title")).to_be_in_viewport()
    # its preview stands beside it, however far down it is
    desktop.keyboard.press("Space")
    expect(desktop.locator(".preview header")).to_be_in_viewport(ratio=1)
    expect(last.locator("a.title")).to_be_in_viewport()
    desktop.keyboard.press("Space")
    expect(desktop.locator(".preview")).to_have_count(0)
    expect(last.locator("a.title")).to_be_focused()
    # a key that comes right after new results, whose weak ones are folded again, is not lost
    assert desktop.evaluate(REDRAWN) == desktop.locator(".hit").nth(count - 2).get_attribute("data-path")
    for _ in range(count):
        desktop.keyboard.press("ArrowUp")
    assert desktop.evaluate(IN_BOX)
    entries = desktop.evaluate("history.length")
    first, second = (str(desktop.locator(".hit").nth(n).get_attribute("data-path")) for n in range(2))
    desktop.keyboard.press("Shift+Enter")
    expect(desktop.locator(".preview")).to_be_visible()
    expect(desktop.locator(".hit.open")).to_have_attribute("data-path", first)
    desktop.locator(".hit a.title").first.focus()
    desktop.keyboard.press("ArrowDown")
    expect(desktop.locator(".hit.open")).to_have_attribute("data-path", second)
    expect(desktop.locator(".preview header .where")).to_have_text(second)
    assert desktop.evaluate("history.length") == entries + 1
    desktop.keyboard.press("Space")
    expect(desktop.locator(".preview")).to_have_count(0)


def test_tab_leads_to_the_preview_and_escape_one_step_back(desktop: Page, served: Served) -> None:
    desktop.goto(f"{served.url}/?q=sourdough&type=md")
    expect(desktop.locator(".hit").first).to_be_visible()
    desktop.wait_for_function(IN_BOX)
    settled(desktop)
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.matches('.hit a.title')")
    underlined = "getComputedStyle(document.activeElement).textDecorationLine.includes('underline')"
    assert desktop.evaluate(underlined), "no focus ring on a result"
    desktop.keyboard.press("?")
    expect(desktop.locator(".keys-sheet")).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".keys-sheet")).to_be_hidden()
    desktop.locator(".hit a.title").first.focus()
    desktop.keyboard.press("Space")
    expect(desktop.locator(".preview .doc")).to_be_visible()
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.matches('.preview .doc')")
    desktop.keyboard.press("n")
    desktop.wait_for_function("CSS.highlights.get('current')?.size === 1")
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".preview")).to_have_count(0)
    expect(desktop.locator(".hit").first).to_be_visible()
    desktop.keyboard.press("Escape")
    desktop.wait_for_function(IN_BOX)
    expect(desktop.locator(".hit").first).to_be_visible()
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".hit")).to_have_count(0)
    assert desktop.evaluate(IN_BOX)
    assert "type=md" in desktop.url and "q=" not in desktop.url
