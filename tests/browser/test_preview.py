"""The preview beside the results: the right place, safely rendered, with what can be done with it."""

from __future__ import annotations

import os
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Page, expect

from searcher.home import Home
from searcher.settings_file import change
from tests.browser import papers
from tests.browser.driving import BAR, Served, reader_of, search, settled, shot, standing_still

# leads the open page to an address, as an update does that was missed
FOLLOW = "query => history.replaceState(null, '', `?${query}`)"


def open_first(page: Page, served: Served, query: str) -> None:
    search(page, served.url, query)
    page.locator(".hit a.title").first.click()
    expect(page.locator(".preview .doc")).to_be_visible()


def test_on_a_phone_the_preview_takes_the_screen_and_gives_it_back(phone: Page, served: Served) -> None:
    search(phone, served.url, "what happens when bees swarm")
    shot(phone, "thumbnails")
    phone.locator(".hit a.title").first.click()
    expect(phone.locator(".pages")).to_contain_text("Page 2 of")
    expect(phone.locator(".paper .spot")).to_be_in_viewport()
    expect(phone.locator(".hits")).to_be_hidden()
    shot(phone, "preview-pdf")
    phone.locator(".preview .close").click()
    expect(phone.locator(".hits")).to_be_visible()
    # of a result far down too; back is where one was
    phone.locator("details.weak > summary").click()
    last = phone.locator(".hit a.title").last
    last.scroll_into_view_if_needed()
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") > 300
    last.click()
    expect(phone.locator(".preview header")).to_be_in_viewport(ratio=1)
    phone.go_back()
    expect(last).to_be_in_viewport()


def test_documents_open_at_the_passage(desktop: Page, served: Served) -> None:
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
        if name == "lease.docx":
            assert desktop.locator(".preview .sheet th").first.inner_text() == "Item"
            assert desktop.locator(".preview .sheet td").last.inner_text() == "40 crowns"
            expect(desktop.locator(".hit.open .thumb")).to_have_count(0)
        shot(desktop, f"preview-{name.rpartition('.')[2]}")


def test_a_pdf_opens_at_its_page_with_the_passage_marked(desktop: Page, served: Served) -> None:
    search(desktop, served.url, "what happens when bees swarm")
    thumb = desktop.locator('.hit[data-path$="beekeeping.pdf"] .thumb')
    # it is drawn in the time that all else leaves
    desktop.wait_for_function("image => image.naturalWidth > 100", arg=thumb.element_handle(), timeout=70_000)
    asked = f"{served.url}/api/picture?{urlencode({'path': served.library / 'notes' / 'sourdough.md'})}"
    assert desktop.request.get(asked).status == 204
    assert desktop.request.get(f"{served.url}/api/picture?path=/etc/passwd").status == 404
    desktop.locator(".hit a.title").first.click()
    expect(desktop.locator(".pages")).to_contain_text("Page 2 of")
    picture, spot = desktop.locator(".sheet-of-paper"), desktop.locator(".paper .spot")
    expect(spot).to_have_count(1)
    desktop.wait_for_function("image => image.naturalWidth > 500", arg=picture.element_handle())
    with_mark = str(picture.get_attribute("src"))
    shot(desktop, "preview-pdf")
    desktop.locator(".pages a").first.click()
    expect(desktop.locator(".pages")).to_contain_text("Page 1 of")
    desktop.locator(".pages a").first.click()
    expect(desktop.locator(".pages")).to_contain_text("Page 2 of")
    expect(spot).to_have_count(0)
    expect(picture).not_to_have_attribute("src", with_mark)
    _page_comes_before_the_text(desktop, served)


def _page_comes_before_the_text(desktop: Page, served: Served) -> None:
    """Of a PDF that takes long to read: here its reader stands still until the page was seen."""
    desktop.locator(".preview .close").click()
    expect(desktop.locator(".preview")).to_have_count(0)
    settled(desktop)
    paper = served.library / "papers" / "beekeeping.pdf"
    status = paper.stat()
    os.utime(paper, ns=(status.st_atime_ns, status.st_mtime_ns + 1))  # no longer the one that was read
    pages = desktop.locator(".pages")
    with standing_still(reader_of(served)):
        desktop.locator(".hit a.title").first.click()
        expect(pages).to_have_text("Page 2; the others are being read …")
        expect(desktop.locator(".paper .spot")).to_be_in_viewport()
        assert desktop.locator(".preview .reader").count() == 0
        desktop.wait_for_function(f"{BAR} === '1'")
        shot(desktop, "preview-early")
    expect(pages).to_contain_text("Page 2 of")
    expect(desktop.locator(".preview .reader")).to_be_visible()
    expect(desktop.locator(".paper .spot")).to_be_in_viewport()
    settled(desktop)
    assert desktop.evaluate(BAR) == "0"


def test_code_opens_at_its_lines_also_in_the_editor_of_the_settings(desktop: Page, served: Served) -> None:
    path = served.library / "code" / "accounts.py"
    try:
        change(Home(served.home), editor="vscode")
        open_first(desktop, served, "wo wird das Passwort geprüft?")
        here = desktop.locator("ol.code li.here")
        expect(here.first).to_be_in_viewport()
        assert desktop.locator("ol.code .tk").count() > 3
        shot(desktop, "preview-code")
        expect(desktop.get_by_role("button", name="Open", exact=True)).to_be_visible()
        line = here.locator(".ln").first.inner_text()
        button = desktop.get_by_role("button", name="Open in VS Code")
        expect(button).to_have_attribute("data-launch", f"vscode://file{path}:{line}")
        change(Home(served.home), editor="vim")
        desktop.reload()
        desktop.get_by_role("button", name="Copy vim command").click()
        expect(desktop.locator(".copied")).to_have_text("Copied")
        assert desktop.evaluate("navigator.clipboard.readText()") == f"vim +{line} -- {path}"
    finally:
        change(Home(served.home), editor=None)


def test_markdown_opens_at_the_passage_which_is_copied_and_a_link(desktop: Page, served: Served) -> None:
    question = "how do I feed the sourdough starter"
    open_first(desktop, served, question)
    here, doc = desktop.locator(".preview .here"), desktop.locator(".preview .doc")
    expect(here.first).to_be_in_viewport()
    assert "Feeding the starter" in "".join(here.all_inner_texts())
    shot(desktop, "preview-md")
    desktop.get_by_role("button", name="Copy path").click()
    expect(desktop.locator(".copied")).to_have_text("Copied")
    path = desktop.evaluate("navigator.clipboard.readText()")
    assert path == str(served.library / "notes" / "sourdough.md")
    desktop.get_by_role("button", name="Copy citation").click()
    desktop.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('>')")
    cited = desktop.evaluate("navigator.clipboard.readText()")
    assert "fifty grams of starter" in cited and "sourdough.md" in cited
    text = doc.text_content()
    desktop.reload()
    expect(doc).to_be_visible()
    assert doc.text_content() == text
    # what is shown follows the address when an update was missed
    with_document = urlsplit(desktop.url).query
    desktop.evaluate(FOLLOW, urlencode({"q": question}))
    expect(desktop.locator(".preview")).to_have_count(0)
    desktop.evaluate(FOLLOW, with_document)
    expect(doc).to_be_visible()
    # of a document outside the library nothing
    desktop.evaluate(FOLLOW, urlencode({"q": question, "doc": "/etc/passwd"}))
    expect(desktop.locator(".preview .error")).to_be_visible()
    assert "root:" not in desktop.locator("body").inner_text()
    # another query closes it
    desktop.locator(".st-key-q input").fill("boiler pressure")
    expect(desktop.locator(".preview")).to_have_count(0)
    assert "doc=" not in desktop.url


def test_one_finds_and_moves_about_in_a_document_by_keys(desktop: Page, served: Served) -> None:
    question, _ = papers.QUESTIONS["lease.docx"]
    address = urlencode({"q": question, "type": "docx", "doc": served.library / "office/lease.docx"})
    desktop.goto(f"{served.url}/?{address}")
    doc, box = desktop.locator(".preview .doc"), desktop.locator(".preview [data-find]")
    # a page that comes with a document gives the keys to it
    expect(doc).to_be_focused()
    desktop.keyboard.press("f")
    expect(box).to_be_focused()
    desktop.keyboard.press("Escape")
    desktop.keyboard.press("Escape")
    expect(desktop.locator(".preview")).to_have_count(0)
    expect(desktop.locator(".st-key-q input")).to_be_focused()
    expect(desktop.locator(".st-key-q input")).to_have_value(question)
    desktop.locator(".hit a.title").first.click()
    expect(doc.locator("span.here")).to_contain_text("tarpaulin")
    place = urlsplit(desktop.url).query
    settled(desktop)
    # what is looked for is found in the whole document, the next place first
    desktop.keyboard.press("f")
    expect(box).to_be_focused()
    desktop.keyboard.type("clause 4", delay=20)
    count = desktop.locator(".find [role=status]")
    expect(count).to_have_text("1 of 11")
    expect(box).to_be_focused()
    expect(doc.locator("span.here")).to_have_text("Clause 4")
    desktop.keyboard.press("Enter")
    expect(count).to_have_text("2 of 11")
    desktop.keyboard.press("Shift+Enter")
    desktop.keyboard.press("Shift+Enter")
    expect(count).to_have_text("11 of 11")
    expect(doc.locator("span.here")).to_be_in_viewport()
    desktop.wait_for_function(
        "CSS.highlights.get('asked')?.size === 11 && CSS.highlights.get('current')?.size === 1"
    )
    shot(desktop, "preview-find")
    desktop.keyboard.press("Escape")
    expect(count).to_have_count(0)
    expect(doc.locator("span.here")).to_contain_text("tarpaulin")
    assert urlsplit(desktop.url).query == place and "type=docx" in place
    # the outline
    desktop.keyboard.press("o")
    outline = desktop.locator("details.outline")
    expect(outline.locator("a[aria-current]")).to_have_text("Repairs")
    shot(desktop, "preview-outline")
    desktop.keyboard.press("ArrowUp")
    desktop.keyboard.press("Enter")
    expect(doc.locator(".here").first).to_have_text("Lease of the boathouse")
    expect(doc.locator(".here").first).to_be_in_viewport()
    # one passage after the other
    said = desktop.locator(".steps .n")
    expect(said).to_contain_text("Passage 1 of")
    desktop.keyboard.press("j")
    expect(said).to_contain_text("Passage 2 of")
    desktop.keyboard.press("k")
    expect(said).to_contain_text("Passage 1 of")
    # in code the match is one of a line, on the picture of a page it is marked
    desktop.evaluate(FOLLOW, f"q=password&doc={served.library}/code/accounts.py&find=password&nth=2")
    expect(count).to_contain_text("2 of")
    desktop.wait_for_function("CSS.highlights.get('current')?.size === 1")
    assert desktop.locator("details.outline li").count() > 2
    desktop.evaluate(FOLLOW, f"q=bees&doc={served.library}/papers/beekeeping.pdf&find=queen")
    expect(desktop.locator(".paper .spot")).to_have_count(1)
    shot(desktop, "preview-find-pdf")
