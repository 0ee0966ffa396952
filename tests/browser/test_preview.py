"""The preview beside the results: the right place, safely rendered, with what can be done with it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.driving import Served, search, shot


def open_first(page: Page, served: Served, query: str) -> None:
    search(page, served.url, query)
    page.locator(".hit a.title").first.click()
    expect(page.locator(".preview .doc")).to_be_visible()


def test_markdown_opens_at_the_passage(page: Page, served: Served) -> None:
    open_first(page, served, "how do I feed the sourdough starter")
    here = page.locator(".preview .here").first
    expect(here).to_be_in_viewport()
    assert "Feeding the starter" in "".join(page.locator(".preview .here").all_inner_texts())
    shot(page, "preview-md")


def test_code_opens_at_its_lines(page: Page, served: Served) -> None:
    open_first(page, served, "wo wird das Passwort geprüft?")
    expect(page.locator("ol.code li.here").first).to_be_in_viewport()
    assert page.locator("ol.code .tk").count() > 3
    shot(page, "preview-code")


def test_a_pdf_opens_at_its_page(page: Page, served: Served) -> None:
    open_first(page, served, "what happens when bees swarm")
    expect(page.locator(".pages")).to_contain_text("Page 2 of")
    picture = page.locator(".sheet-of-paper")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 500
    shot(page, "preview-pdf")
    page.locator(".pages a").first.click()
    expect(page.locator(".pages")).to_contain_text("Page 1 of")


def test_the_preview_is_a_link(desktop: Page, served: Served) -> None:
    open_first(desktop, served, "how do I feed the sourdough starter")
    text = desktop.locator(".preview .doc").text_content()
    desktop.goto(desktop.url)
    expect(desktop.locator(".preview .doc")).to_be_visible()
    assert desktop.locator(".preview .doc").text_content() == text


def test_path_and_citation_are_copied(desktop: Page, served: Served) -> None:
    open_first(desktop, served, "how do I feed the sourdough starter")
    desktop.get_by_role("button", name="Copy path").click()
    expect(desktop.locator(".copied")).to_have_text("Copied")
    path = desktop.evaluate("navigator.clipboard.readText()")
    assert path == str(served.library / "notes" / "sourdough.md")
    desktop.get_by_role("button", name="Copy citation").click()
    desktop.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('>')")
    cited = desktop.evaluate("navigator.clipboard.readText()")
    assert "fifty grams of starter" in cited and "sourdough.md" in cited


def test_another_query_closes_the_document(desktop: Page, served: Served) -> None:
    open_first(desktop, served, "how do I feed the sourdough starter")
    desktop.locator(".st-key-q input").fill("boiler pressure")
    expect(desktop.locator(".preview")).to_have_count(0)
    assert "doc=" not in desktop.url


def test_on_a_phone_the_preview_takes_the_screen_and_gives_it_back(page: Page, served: Served) -> None:
    open_first(page, served, "how do I feed the sourdough starter")
    narrow = (page.viewport_size or {"width": 0})["width"] < 900
    expect(page.locator(".hits")).to_be_visible(visible=not narrow)
    page.locator(".preview .close").click()
    expect(page.locator(".hits")).to_be_visible()


def test_a_document_outside_the_library_is_not_shown(desktop: Page, served: Served) -> None:
    desktop.goto(f"{served.url}/?doc=/etc/passwd")
    expect(desktop.locator(".preview .error")).to_be_visible()
    assert "root:" not in desktop.locator("body").inner_text()
