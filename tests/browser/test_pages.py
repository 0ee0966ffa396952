"""Library, insight, settings and brief in the browser."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from indexer.catalogue import Catalogue
from searcher import folders
from searcher.home import Home
from searcher.runtime import is_paused, pause, resume
from tests.browser.driving import Served, indexed, search, serving, settled, shot, stands, touch, wait_until
from ui.page import memory
from ui.page.strings import de

STYLES = "spans => spans.map(span => span.style.background)"


def test_the_library_pauses_and_its_folders_come_and_go(
    desktop: Page, served: Served, tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "zebra.md").write_text("# Zebra crossing\n\nPaint it again in May.\n")
    folder = tmp_path / "more"
    desktop.goto(f"{served.url}/library")
    expect(desktop.locator(".folder .name", has_text=str(served.library))).to_be_visible()
    expect(desktop.locator(".folder")).to_contain_text("files")
    expect(desktop.locator(".problems", has_text="damaged.pdf")).to_be_visible()
    in_part = desktop.locator(".problems", has_text="key.eml")
    in_part.locator("summary").click()
    expect(in_part.locator("li")).to_contain_text("its text is encrypted")
    shot(desktop, "library")
    home = Home(served.home)
    try:
        desktop.get_by_role("button", name="Pause").click()
        expect(desktop.get_by_text("Indexing is paused.")).to_be_visible()
        desktop.get_by_role("button", name="Resume").click()
        expect(desktop.get_by_role("button", name="Pause")).to_be_visible()
        assert not is_paused(home)
    finally:
        resume(home)  # other tests of this server wait for what is indexed
    box = desktop.get_by_label("Folder", exact=True)
    box.fill(str(tmp_path / "nowhere"))
    box.press("Enter")
    expect(desktop.get_by_role("alert")).to_contain_text("nowhere")
    box.fill(f'"{folder}"')
    box.press("Enter")
    expect(desktop.get_by_text("1 file")).to_be_visible()
    shot(desktop, "library-add")
    desktop.get_by_role("button", name="Add folder").click()
    expect(desktop.locator(".folder .name", has_text=str(folder))).to_be_visible()
    search(desktop, served.url, "zebra crossing paint")
    wait_until(lambda: desktop.locator(".hit", has_text="Zebra").count() > 0, 60, "the new folder's note")
    desktop.goto(f"{served.url}/library")
    row = desktop.locator('[class*="st-key-folder-"]', has_text=str(folder))
    row.locator("button").click()
    remove = desktop.get_by_role("button", name="Remove from the library")
    sure = desktop.get_by_role("button", name="Yes, remove")
    name = desktop.locator(".folder .name", has_text=str(folder))
    remove.click()
    expect(desktop.get_by_text(f"Remove {folder}?")).to_be_visible()
    assert name.count() == 1
    sure.click()
    expect(name).to_have_count(0)
    assert desktop.locator(".folder .name").count() == 1
    desktop.get_by_role("button", name="Undo").click()
    expect(name).to_be_visible()
    row.locator("button").click()
    remove.click()
    sure.click()
    expect(name).to_have_count(0)
    # what stands in the box is added, also when it was not entered and another path was looked at before
    box.fill(str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    box.press("Enter")
    expect(desktop.get_by_text("0 files, 0 B")).to_be_visible()
    box.fill(str(folder))
    desktop.get_by_role("button", name="Add folder").click()
    expect(name).to_be_visible()
    assert desktop.locator(".folder .name", has_text=str(tmp_path / "other")).count() == 0
    folders.remove(home, str(folder))


def test_settings_check_and_write_their_values_alone(desktop: Page, served: Served) -> None:
    """German, then every box to another of its options, then English: labels never reach the file."""
    desktop.goto(f"{served.url}/settings")
    expect(desktop.locator(".facts")).to_contain_text("starter")
    shot(desktop, "settings")
    desktop.get_by_role("button", name="Check now").click()
    expect(desktop.locator(".checks li").first).to_be_visible()
    shot(desktop, "doctor")
    file = served.home / "settings.toml"
    before = file.read_text()
    try:
        _choose(desktop, "Language of the page", "Deutsch")
        expect(desktop.locator("h1.title")).to_have_text("Einstellungen")
        desktop.reload()
        expect(desktop.locator("h1.title")).to_have_text("Einstellungen")
        wanted = {"editor": "zed", "mode": "words", "task": "code", "priority": "lowest"}
        for name, value in wanted.items():
            _choose(desktop, de.STRINGS[f"set_{name}"], de.STRINGS.get(f"option_{name}_{value}", value))
            wait_until(lambda n=name: tomllib.loads(file.read_text()).get(n) == wanted[n], 20, name)
        _choose(desktop, "Sprache der Seite", "English")
        expect(desktop.locator("h1.title")).to_have_text("Settings")
        _choose(desktop, "Search by", "meaning alone")
        wanted |= {"language": "en", "mode": "meaning"}
        wait_until(lambda: tomllib.loads(file.read_text())["mode"] == "meaning", 20, "mode")
        written = tomllib.loads(file.read_text())
        assert {name: written[name] for name in wanted} == wanted
        assert written.keys() == wanted.keys()
    finally:
        file.write_text(before)


def _choose(page: Page, label: str, option: str) -> None:
    """As a person at the keyboard, who opens the list again when the page drew itself anew over it."""
    box = page.get_by_role("combobox", name=label)
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(5):
        box.evaluate("element => element.scrollIntoView({ block: 'center' })")
        box.fill(option)
        with suppress(AssertionError):
            expect(wanted).to_be_visible(timeout=3000)
            return box.press("Enter")
        box.press("Escape")
    pytest.fail(f"{label} never offered {option}")


def exported(page: Page, name: str) -> str:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name).click()
    return Path(waiting.value.path()).read_text("utf-8-sig")


def _put_in_order(page: Page, served: Served) -> None:
    """Two more passages are dragged and moved by keys, one gets a note; then they are taken out again."""
    home = Home(served.home)
    kept = page.locator(".kept")

    def order() -> list[str]:
        return [item.title for item in memory.load(home).brief]

    first = memory.load(home).brief[0]
    for title in ("Second", "Third"):
        item = replace(first, at=f"L{len(title)}", title=title)
        memory.update(home, lambda m, item=item: memory.added(m, item))
    page.reload()
    expect(kept).to_have_count(3)
    settled(page)
    grip, target = kept.nth(2).locator(".grip"), kept.nth(0).bounding_box()
    grip.hover()
    page.mouse.down()
    assert target is not None
    page.mouse.move(target["x"] + 20, target["y"] + 5, steps=4)
    shot(page, "brief")
    page.mouse.up()
    wait_until(lambda: order() == ["Third", first.title, "Second"], 20, "dragging")
    expect(kept.nth(0)).to_contain_text("Third")
    kept.nth(0).locator(".grip").focus()
    page.keyboard.press("ArrowDown")
    wait_until(lambda: order() == [first.title, "Third", "Second"], 20, "moving by keys")
    expect(kept.nth(1).locator(".grip")).to_be_focused()  # the keys stay on it
    page.keyboard.press("End")
    wait_until(lambda: order() == [first.title, "Second", "Third"], 20, "moving to the end")
    note = page.get_by_label("Note").nth(0)
    note.fill("For Ruth")
    note.press("Control+Enter")
    wait_until(lambda: memory.load(home).brief[0].note == "For Ruth", 20, "the note")
    settled(page)
    shot(page, "brief-noted")
    memory.update(home, lambda m: replace(m, brief=m.brief[:1]))
    page.reload()
    expect(kept).to_have_count(1)


def test_a_brief_is_gathered_exported_and_its_links_are_verified(desktop: Page, served: Served) -> None:
    note = served.library / "notes" / "otter.md"
    note.write_text("# Otter\n\nOtters hold hands while they sleep.\n")
    search(desktop, served.url, "otters hold hands")
    hit = desktop.locator(f'.hit[data-path="{note}"]')
    expect(hit).to_be_visible()
    wait_until(lambda: indexed(served.url, 1), 60, "embedding it")
    settled(desktop)
    hit.locator(".menu > summary").click()
    hit.get_by_role("button", name="Add to brief").click()
    kept = served.home / "page.json"
    wait_until(lambda: kept.is_file() and "Otters hold hands" in kept.read_text("utf-8"), 30, "keeping it")
    desktop.goto(f"{served.url}/brief")
    expect(desktop.locator(".kept")).to_contain_text("Otters hold hands")
    expect(desktop.locator(".verdict.same")).to_have_count(1)
    _put_in_order(desktop, served)
    text = exported(desktop, "Markdown")
    assert "For Ruth\n\n> Otters hold hands while they sleep." in text and str(note) in text
    link = re.search(r"<(http[^>]+)>", text)[1]  # type: ignore[index]
    rows = list(csv.DictReader(io.StringIO(exported(desktop, "CSV"))))
    assert [row["link"] for row in rows] == [link] and rows[0]["path"] == str(note)
    assert link.startswith(f"{served.url}/?")

    desktop.goto(link)
    expect(desktop.locator(".preview .cited .same")).to_be_visible()
    expect(desktop.locator(".preview .here", has_text="Otters hold hands")).to_be_visible()
    # further down in the file by now: found where it stands
    note.write_text("Something else.\n\n" * 120 + "# Otter\n\nOtters hold hands while they sleep.\n")
    desktop.goto(link)
    expect(desktop.locator(".preview .cited .same")).to_be_visible()
    expect(desktop.locator(".preview .here", has_text="Otters hold hands")).to_be_in_viewport()
    note.write_text("# Otter\n\nThey float.\n")
    desktop.goto(link)
    expect(desktop.locator(".preview .cited .changed")).to_be_visible()
    desktop.goto(f"{served.url}/brief")
    expect(desktop.locator(".verdict.changed")).to_have_count(1)
    note.unlink()
    desktop.reload()
    expect(desktop.locator(".verdict.gone")).to_have_count(1)
    desktop.goto(link)
    expect(desktop.locator(".preview .error")).to_be_visible()
    desktop.goto(f"{served.url}/brief")
    desktop.get_by_role("button", name="Remove").click()
    expect(desktop.locator(".kept")).to_have_count(0)


def test_the_map_is_searched_zoomed_and_opens_documents(phone: Page, served: Served) -> None:
    phone.goto(f"{served.url}/insight")
    dots, drawing = phone.locator(".map circle"), phone.locator(".map svg")
    expect(dots.first).to_be_visible()
    expect(phone.locator(".bars").first).to_contain_text("Markdown")
    settled(phone)
    shot(phone, "insight")
    assert len(set(phone.locator(".map-legend span[style]").evaluate_all(STYLES))) > 4
    assert len(set(phone.locator(".map-legend span[style]").evaluate_all(STYLES))) == (
        phone.locator(".map-legend button").count()
    )
    phone.get_by_label("Find on the map").fill("sourdough")
    expect(phone.locator(".map [role=status]")).to_have_text("1 found")
    assert dots.count() - phone.locator(".map circle.faded").count() == 1
    shot(phone, "map-search")
    whole = drawing.get_attribute("viewBox")
    phone.get_by_role("button", name="Closer").click()
    drawing.focus()
    phone.keyboard.press("ArrowRight")
    closer = [float(number) for number in str(drawing.get_attribute("viewBox")).split()]
    assert closer[2] < 1000 and closer[0] > (1000 - closer[2]) / 2
    phone.keyboard.press("0")
    expect(drawing).to_have_attribute("viewBox", str(whole))
    # two fingers zoom, then one moves; over the whole map one scrolls the page
    drawing.evaluate("map => map.scrollIntoView({ block: 'center' })")
    box = drawing.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def window() -> list[float]:
        return [float(number) for number in str(drawing.get_attribute("viewBox")).split()]

    touch(phone, middle, middle, apart=(60, 180))
    x, y, side, _ = window()
    assert 250 < side < 450 and abs(x + side / 2 - 500) < 30 and abs(y + side / 2 - 500) < 30
    touch(phone, middle, (middle[0] + 40, middle[1] - 40))
    assert window()[0] < x and window()[1] > y
    assert drawing.bounding_box() == box, "the page scrolled"
    drawing.focus()
    phone.keyboard.press("0")
    touch(phone, middle, (middle[0], middle[1] + 120))
    expect(drawing).to_have_attribute("viewBox", str(whole))
    wait_until(lambda: (drawing.bounding_box() or box)["y"] > box["y"] + 50, 10, "scrolling")
    stands(phone)
    phone.locator(".map circle.found").click(force=True)
    expect(phone.locator(".preview .doc")).to_contain_text("starter")
    assert "doc=" in phone.url and "sourdough.md" in phone.url


def indexed_paths(home: Home) -> list[str]:
    catalogue = Catalogue(home, write=False)
    try:
        return [row.path for row in catalogue.with_status("indexed")]
    finally:
        catalogue.close()


@pytest.mark.timeout(240)
def test_the_first_run_asks_for_a_folder_and_then_searches(
    desktop: Page, sample: Path, starter: Path, tmp_path: Path
) -> None:
    for number in range(400):
        lines = [f"On day {number * 9 + n} the ferry passed buoy {n} at noon." for n in range(12)]
        (sample / f"log-{number}.md").write_text("\n".join(lines))
    with serving(tmp_path / "fresh", starter) as url:
        desktop.goto(url)
        expect(desktop.get_by_label("Folder", exact=True)).to_be_visible()
        desktop.get_by_label("Folder", exact=True).fill(str(sample))
        desktop.get_by_label("Folder", exact=True).press("Enter")
        model = desktop.locator(".st-key-steps p.quiet").first  # the only one without the hub, tried here
        expect(model).to_contain_text(re.compile("tokens/s, measured here · this folder: "))
        shot(desktop, "first-run")
        desktop.get_by_role("button", name="Add folder").click()
        expect(desktop.locator(".st-key-q input")).to_be_visible()
        # the indexer is held while much is still to do: what is indexed by then is found
        home = Home(tmp_path / "fresh")
        wait_until(lambda: indexed(url, 1, waiting=True), 90, "the first files")
        pause(home)
        name = next(Path(path).stem for path in indexed_paths(home))
        search(desktop, url, name)
        expect(desktop.locator(".hit").first).to_be_visible()
        expect(desktop.locator(".notice").first).to_contain_text("Indexing is paused")
        assert not indexed(url, 400)
        shot(desktop, "first-results")
        resume(home)
