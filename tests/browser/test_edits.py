"""A file that changes while its hit is on the page, and a page of files that do not."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import Served, indexed, search, settled, shot, wait_until


def test_an_edited_file_is_right_within_seconds_and_forgotten_after_asking(
    desktop: Page, served: Served
) -> None:
    sent: list[object] = []
    desktop.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    note = served.library / "notes" / "walrus.md"
    note.write_text("# Walrus\n\nThe walrus register is kept in the blue cabinet.\n")
    hit = desktop.locator(f'.hit[data-path="{note}"]')
    snippet = hit.locator(".snippet").first
    try:
        search(desktop, served.url, "where is the walrus register?")
        assert sent
        wait_until(lambda: "blue cabinet" in _text(snippet), 10, "the new note")
        note.write_text("# Walrus\n\nThe walrus register has moved to the green drawer.\n")
        took = wait_until(lambda: "green drawer" in _text(snippet), 5, "the edited note")
        assert "blue cabinet" not in _text(snippet)
        print(f"the edit was on the page after {took:.1f} s")
        wait_until(lambda: indexed(served.url, 1), 60, "embedding it")
        settled(desktop)
        wait_until(lambda: _is_at_rest(desktop, sent), 30, "a page that has its server draw nothing")
        hit.locator("a.title").focus()
        desktop.keyboard.press("m")
        desktop.keyboard.press("ArrowDown")
        assert desktop.evaluate("document.activeElement.closest('.menu') !== null")
        desktop.keyboard.press("Escape")
        expect(hit.locator("details.menu[open]")).to_have_count(0)
        hit.locator("a.title").focus()
        desktop.keyboard.press("Delete")
        expect(hit.get_by_role("button", name="Yes, forget it")).to_be_focused()
        shot(desktop, "forget")
        desktop.keyboard.press("Enter")
        expect(desktop.locator(".forgot")).to_contain_text(f"{note} is forgotten")
        expect(hit).to_have_count(0)
        assert note.exists()
        shot(desktop, "forgotten")
        desktop.locator(".forgot button").click()
        expect(hit).to_be_visible()
        expect(desktop.locator(".forgot")).to_have_count(0)
    finally:
        note.unlink()
    wait_until(lambda: hit.count() == 0, 10, "the deletion")


def _text(locator) -> str:  # type: ignore[no-untyped-def]
    return "".join(locator.all_inner_texts())


def _is_at_rest(page: Page, sent: list[object]) -> bool:
    """Whether two of the looks a second apart sent the server nothing to draw."""
    before = len(sent)
    page.wait_for_timeout(2500)
    return len(sent) == before
