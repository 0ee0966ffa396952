"""The preview beside the results: the right place, safely rendered, with what can be done with it."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page, expect

from searcher.home import Home
from searcher.settings_file import change
from tests.browser import papers
from tests.browser.driving import Served, search, settled, shot


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


def test_code_opens_at_its_lines(desktop: Page, served: Served) -> None:
    open_first(desktop, served, "wo wird das Passwort geprüft?")
    expect(desktop.locator("ol.code li.here").first).to_be_in_viewport()
    assert desktop.locator("ol.code .tk").count() > 3
    shot(desktop, "preview-code")


def test_a_pdf_opens_at_its_page(page: Page, served: Served) -> None:
    open_first(page, served, "what happens when bees swarm")
    expect(page.locator(".pages")).to_contain_text("Page 2 of")
    picture = page.locator(".sheet-of-paper")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 500
    shot(page, "preview-pdf")
    page.locator(".pages a").first.click()
    expect(page.locator(".pages")).to_contain_text("Page 1 of")


def test_the_passage_stands_out_on_the_picture_of_a_page(desktop: Page, served: Served) -> None:
    open_first(desktop, served, "what happens when bees swarm")
    expect(desktop.locator(".paper .spot")).to_have_count(1)
    with_mark = desktop.locator(".sheet-of-paper").get_attribute("src")
    desktop.locator(".pages a").first.click()
    expect(desktop.locator(".pages")).to_contain_text("Page 1 of")
    desktop.locator(".pages a").first.click()
    expect(desktop.locator(".pages")).to_contain_text("Page 2 of")
    expect(desktop.locator(".paper .spot")).to_have_count(0)
    assert desktop.locator(".sheet-of-paper").get_attribute("src") != with_mark


def test_other_documents_open_at_the_passage(desktop: Page, served: Served) -> None:
    desktop.goto(served.url)
    for name, (question, words) in papers.QUESTIONS.items():
        desktop.locator(".st-key-q input").fill(question)
        desktop.locator(f'.hits[data-q="{question}"] .hit[data-path$="{name}"] a.title').click()
        said = desktop.locator(".preview .doc :is(tr, .here)", has_text=words).last
        expect(said).to_be_in_viewport()
        assert desktop.locator(".preview .here", has_text=words).count() == 1
        desktop.wait_for_function("CSS.highlights.get('asked')?.size > 0")
        desktop.wait_for_function("document.querySelector('.preview .doc')?.scrollTop > 0")
        if name in papers.TABLES:
            assert said.locator("td").count() == 3
            assert desktop.locator(".preview th").first.inner_text() in ("Plant", "species")
        shot(desktop, f"preview-{name.rpartition('.')[2]}")


def test_a_table_in_a_document_is_a_table(desktop: Page, served: Served) -> None:
    desktop.goto(f"{served.url}/?q=oars&doc={served.library}/office/lease.docx")
    expect(desktop.locator(".preview .sheet th").first).to_have_text("Item")
    expect(desktop.locator(".preview .sheet td").last).to_have_text("40 crowns")


def test_the_editor_of_the_settings_opens_at_the_line(desktop: Page, served: Served) -> None:
    path = served.library / "code" / "accounts.py"
    try:
        change(Home(served.home), editor="vscode")
        desktop.goto(f"{served.url}/?q=password&doc={path}&at=L12-14")
        expect(desktop.get_by_role("button", name="Open", exact=True)).to_be_visible()
        button = desktop.get_by_role("button", name="Open in VS Code")
        expect(button).to_have_attribute("data-launch", f"vscode://file{path}:12")
        change(Home(served.home), editor="vim")
        desktop.reload()
        desktop.get_by_role("button", name="Copy vim command").click()
        expect(desktop.locator(".copied")).to_have_text("Copied")
        assert desktop.evaluate("navigator.clipboard.readText()") == f"vim +12 -- {path}"
    finally:
        change(Home(served.home), editor=None)


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


def test_what_is_shown_follows_the_address_when_an_update_was_missed(desktop: Page, served: Served) -> None:
    open_first(desktop, served, "how do I feed the sourdough starter")
    with_document = urlsplit(desktop.url).query
    desktop.evaluate("history.replaceState(null, '', '?q=how+do+I+feed+the+sourdough+starter')")
    expect(desktop.locator(".preview")).to_have_count(0)
    desktop.evaluate("query => history.replaceState(null, '', `?${query}`)", with_document)
    expect(desktop.locator(".preview .doc")).to_be_visible()


def test_a_page_that_comes_with_a_document_has_its_keys(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/?q=roof&doc={served.library}/office/lease.docx")
    expect(page.locator(".preview .doc")).to_be_focused()
    page.keyboard.press("f")
    expect(page.locator(".preview [data-find]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".preview")).to_have_count(0)
    expect(page.locator(".st-key-q input")).to_be_focused()
    expect(page.locator(".st-key-q input")).to_have_value("roof")


def test_one_finds_and_moves_about_in_a_document_by_keys(page: Page, served: Served) -> None:
    question, _ = papers.QUESTIONS["lease.docx"]
    page.goto(f"{served.url}/?{urlencode({'q': question, 'type': 'docx'})}")
    page.locator(".hit a.title").first.click()
    doc, box = page.locator(".preview .doc"), page.locator(".preview [data-find]")
    expect(doc.locator("span.here")).to_contain_text("tarpaulin")
    place = urlsplit(page.url).query
    settled(page)
    # what is looked for is found in the whole document, the next place first
    page.keyboard.press("f")
    expect(box).to_be_focused()
    page.keyboard.type("clause 4", delay=20)
    count = page.locator(".find [role=status]")
    expect(count).to_have_text("1 of 11")
    expect(box).to_be_focused()
    expect(doc.locator("span.here")).to_have_text("Clause 4")
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 of 11")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("11 of 11")
    expect(doc.locator("span.here")).to_be_in_viewport()
    page.wait_for_function(
        "CSS.highlights.get('asked')?.size === 11 && CSS.highlights.get('current')?.size === 1"
    )
    shot(page, "preview-find")
    page.keyboard.press("Escape")
    expect(count).to_have_count(0)
    expect(doc.locator("span.here")).to_contain_text("tarpaulin")
    assert urlsplit(page.url).query == place and "type=docx" in place
    # the outline
    page.keyboard.press("o")
    outline = page.locator("details.outline")
    expect(outline.locator("a[aria-current]")).to_have_text("Repairs")
    shot(page, "preview-outline")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(doc.locator(".here").first).to_have_text("Lease of the boathouse")
    expect(doc.locator(".here").first).to_be_in_viewport()
    # one passage after the other
    said = page.locator(".steps .n")
    expect(said).to_contain_text("Passage 1 of")
    page.keyboard.press("j")
    expect(said).to_contain_text("Passage 2 of")
    page.keyboard.press("k")
    expect(said).to_contain_text("Passage 1 of")
    # in code the match is one of a line, on the picture of a page it is marked
    page.goto(f"{served.url}/?q=password&doc={served.library}/code/accounts.py&find=password&nth=2")
    expect(count).to_contain_text("2 of")
    page.wait_for_function("CSS.highlights.get('current')?.size === 1")
    assert page.locator("details.outline li").count() > 2
    page.goto(f"{served.url}/?q=bees&doc={served.library}/papers/beekeeping.pdf&find=queen")
    expect(page.locator(".paper .spot")).to_have_count(1)
    shot(page, "preview-find-pdf")


def test_results_show_small_pictures_of_their_pages(page: Page, served: Served) -> None:
    search(page, served.url, "what happens when bees swarm")
    thumb = page.locator('.hit[data-path$="beekeeping.pdf"] .thumb')
    page.wait_for_function("image => image.naturalWidth > 100", arg=thumb.element_handle())
    asked = f"{served.url}/api/picture?{urlencode({'path': served.library / 'notes' / 'sourdough.md'})}"
    assert page.request.get(asked).status == 204
    assert page.request.get(f"{served.url}/api/picture?path=/etc/passwd").status == 404
    damaged = page.locator('.hit[data-path$="lease.docx"] .thumb')
    expect(damaged).to_have_count(0)
    shot(page, "thumbnails")
