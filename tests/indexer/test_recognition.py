"""Pictures of text: scans and screenshots are read after everything else, and found by what they say."""

from __future__ import annotations

import io
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

import indexer
from indexer.care.backup import backup, restore
from indexer.catalogue import Catalogue
from indexer.formats import recognised
from indexer.recognition import tesseract
from indexer.recognition.engine import Recogniser
from indexer.recognition.kept import Kept
from indexer.running import status
from indexer.work.pace import noted_page_seconds
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.records import Hit
from searcher.runtime import read_indexer_state
from searcher.settings import Settings
from tests.indexer.processes import indexer_running, is_idle, wait_until
from ui.page.search.spread import opened
from ui.page.state import State
from ui.page.strings import Words
from ui.pictures import Wanted
from ui.service import Service, use

SCAN = (
    "Rental agreement for the boathouse at Lake Vesper",
    "The deposit of four hundred crowns is returned in June.",
    "Smoking is not allowed near the varnish store.",
)
KEY = (
    "Ключ от лодочного сарая лежит под третьим",
    "цветочным горшком рядом с зелёной дверью",
    "Паром на острова отходит в половине девятого",
    "и возвращается поздно вечером",
)
LIBRARY = (
    "도서관은 월요일에 쉬고 책은 두 주 동안",
    "빌릴 수 있습니다 학생증을 가져오세요",
    "배는 다섯 시 반에 떠납니다",
)
TURNED = ("Minutes of the beekeepers' meeting", "The smoker and the veil were lent to Ragnhild.")
STAMP = ("Received by the toll house",)
SHOT = ("Error 0x51: the tide gauge is offline", "Restart the pump before midnight")


def page(
    lines: tuple[str, ...], *, size: tuple[int, int] = (1000, 700), turned: int = 0, font: Any = None
) -> Image.Image:
    image = Image.new("RGB", size, "white")
    draw, font = ImageDraw.Draw(image), font or ImageFont.load_default(28)
    for number, line in enumerate(lines):
        draw.text((60, 60 + 60 * number), line, font=font, fill="black")
    return image.rotate(turned, expand=True)


def pdf(images: list[Image.Image]) -> bytes:
    """Pages that are pictures alone."""
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:])
    return out.getvalue()


def letter(image: Image.Image) -> bytes:
    import docx

    document, picture, out = docx.Document(), io.BytesIO(), io.BytesIO()
    image.save(picture, "PNG")
    document.add_paragraph("See the stamp.")
    document.add_picture(picture)
    document.save(out)
    return out.getvalue()


@pytest.fixture
def library(home: Home, tmp_path: Path) -> Path:
    library = tmp_path / "library"
    library.mkdir()
    (library / "scan.pdf").write_bytes(pdf([page(SCAN), page(TURNED, turned=90)]))
    page(SHOT).save(library / "screenshot.png")
    (library / "letter.docx").write_bytes(letter(page(STAMP, size=(500, 200))))
    page((), size=(900, 600)).save(library / "meadow.jpg")
    (library / "note.md").write_text("# Ferry\n\nThe ferry leaves at seven.\n")
    folders.add(home, library)
    return library


def hit(home: Home, query: str) -> Hit:
    with Library(home, Settings()) as asked:
        return asked.search(query)[0]


def first(home: Home, query: str) -> tuple[str, int | None]:
    found = hit(home, query)
    return Path(found.path).name, found.page


def test_scans_and_screenshots_are_found_and_forgotten(home: Home, library: Path, tmp_path: Path) -> None:
    summary = indexer.index(home, Settings())
    assert summary.failed == 0 and not summary.errors
    assert first(home, '"deposit of four hundred crowns"') == ("scan.pdf", 1)
    assert first(home, "who borrowed the veil for the bees") == ("scan.pdf", 2)
    assert first(home, '"Restart the pump"')[0] == "screenshot.png"
    stamp = hit(home, '"toll house"')
    assert Path(stamp.path).name == "letter.docx" and stamp.anchor is not None
    inside = re.fullmatch(r"picture image1.png, region (\d+),(\d+)-(\d+),(\d+) %", stamp.anchor)
    assert [passage.anchor for passage in stamp.passages] == [None], "what stands in no picture"
    assert inside and [abs(int(n) - m) < 6 for n, m in zip(inside.groups(), (12, 30, 88, 45), strict=True)]
    told = status.read(home)
    assert told["failed"] == [] and told["in_part"] == []
    assert (noted_page_seconds(home) or 0) > 0
    backup(home, tmp_path / "all.tar")
    restore(Home(tmp_path / "other"), tmp_path / "all.tar")
    assert Kept(Home(tmp_path / "other")).paths() == Kept(home).paths()

    with closing(Service(home)) as service:
        view = service.document(str(library / "scan.pdf"))
        assert SCAN[1] in view.text and view.notes == ()
        plain = service.picture(str(library / "scan.pdf"), Wanted())
        marked = service.picture(str(library / "scan.pdf"), Wanted(1, SCAN[1]))
        assert plain and marked and plain.top is None
        assert marked.top is not None and 0.1 < marked.top < 0.25 and marked.data != plain.data
        shown = service.picture(str(library / "screenshot.png"), Wanted(1, SHOT[1]))
        assert shown and shown.top is not None
        strip = service.picture(str(library / "screenshot.png"), Wanted(words=("pump",), strip=True))
        assert strip and strip.top is not None and strip.height < shown.height
        use(home)
        link = State(doc=str(library / "screenshot.png"), at="")
        body = opened(link, service.document(link.doc), Words("en"))[0].body
        assert "sheet-of-paper" in body and "tide gauge" in body

    # another index, a copy, another name: nothing is recognised again
    kept = home.recognised.read_bytes()
    (library / "copy.pdf").write_bytes((library / "scan.pdf").read_bytes())
    assert indexer.index(home, Settings(chunk_tokens=96)).added == 6
    assert first(home, '"deposit of four hundred crowns"')[0] in ("scan.pdf", "copy.pdf")
    assert home.recognised.read_bytes().count(b"varnish") == kept.count(b"varnish") == 1

    indexer.forget(home, Settings(), library)
    assert b"varnish" not in b"".join(file.read_bytes() for file in home.root.rglob("*") if file.is_file())


def test_what_is_recognised_waits_for_everything_else_and_outlives_a_stop(home: Home, library: Path) -> None:
    (library / "scan.pdf").write_bytes(pdf([page(SCAN)]))
    for other in ("letter.docx", "meadow.jpg"):
        (library / other).unlink()
    with indexer_running(home, seconds=300):
        wait_until(lambda: (read_indexer_state(home) or _none()).pages_done > 0, seconds=300)
        state = read_indexer_state(home)
        assert state is not None and state.phase in ("recognising", "indexing", "embedding", "idle")
        catalogue = Catalogue(home, write=False)
        assert catalogue.get(str(library / "note.md")) is not None  # read before
        catalogue.close()
    there = len(Kept(home).paths())
    assert there
    with indexer_running(home, seconds=300):
        wait_until(lambda: first(home, '"Restart the pump"')[0] == "screenshot.png", seconds=300)
        wait_until(lambda: is_idle(home), seconds=300)
    assert first(home, '"deposit of four hundred crowns"') == ("scan.pdf", 1)


def test_without_it_a_scan_is_refused_with_what_helps(home: Home, library: Path) -> None:
    counted = indexer.preview(folders.Folder(str(library)), home, Settings())
    assert counted["pictures"] == 3 and counted["picture_seconds"] > 1, "both pages of the scan, a screenshot"
    indexer.index(home, Settings(ocr=False))
    told = status.read(home)
    (entry,) = told["failed"]
    assert Path(entry["path"]).name == "scan.pdf" and "no text layer" in entry["reason"]
    assert told["in_part"] == [], "a picture in a letter is no fault"
    assert not home.recognised.exists()
    # switched on again, where nothing can be kept: said, and made good after that
    home.recognised.mkdir()
    (note,) = indexer.index(home, Settings()).notes
    assert note.startswith("pictures of text are not read for now: ")
    home.recognised.rmdir()
    # with what was kept damaged meanwhile
    home.recognised.write_bytes(b"no database" * 100)
    (library / "scan.pdf").write_bytes(pdf([page(SCAN)]))
    indexer.index(home, Settings())
    assert first(home, '"deposit of four hundred crowns"') == ("scan.pdf", 1)


def test_scripts_that_rapidocr_does_not_know_are_read_by_tesseract_whichever_way_they_lie() -> None:
    fonts = [*Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc")]
    if not fonts or not (tesseract.languages("Cyrillic") and tesseract.languages("Korean")):
        pytest.skip("this system has no tesseract with Russian and Korean, or no font for them")
    recogniser, font = Recogniser(), ImageFont.truetype(str(fonts[0]), 30)
    for lines, turned, place in ((KEY, 90, (9, 24, 40, 94)), (LIBRARY, 0, (6, 8, 56, 33))):
        read = recogniser.lines(page(lines, turned=turned, font=font))
        words, text = " ".join(lines).split(), " ".join(text for text, _ in read)
        assert "".join(text.split()) == "".join(words)
        assert sum(word in text.split() for word in words) > 0.7 * len(words), text
        (stretch,) = recognised.stretches(read)
        region = recognised.REGION.search(stretch.region)
        assert region and all(abs(int(n) - m) < 5 for n, m in zip(region.groups(), place, strict=True)), (
            region
        )


def _none():  # type: ignore[no-untyped-def]
    from searcher.runtime import IndexerState

    return IndexerState()
