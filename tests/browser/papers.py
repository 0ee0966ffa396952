"""Office files, a web page, a mail and a table, each with one passage far below its beginning."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import openpyxl

# name -> (question, words that stand only in the passage it is answered by)
QUESTIONS = {
    "lease.docx": ("who repairs the boathouse roof after a storm", "pays for the tarpaulin"),
    "garden.xlsx": ("which tomato was eaten by snails", "eaten by the snails"),
    "fjord.html": ("northern lights above the glacier", "stood above the glacier"),
    "key.eml": ("where is the spare key of the summer house", "under the third flowerpot"),
    "birds.csv": ("warbler nesting in the lighthouse", "nesting in the old lighthouse"),
    "lamp.epub": ("silver compass behind the lens", "a silver compass"),
}
TABLES = ("garden.xlsx", "birds.csv")


def write(folder: Path) -> None:
    folder.mkdir(parents=True)
    _lease(folder / "lease.docx")
    _garden(folder / "garden.xlsx")
    days = "".join(f"<p>Day {n}: we paddled {n * 3} miles and camped among {n} seals.</p>" for n in range(30))
    (folder / "fjord.html").write_text(
        f"<title>Trip to the fjord</title><h1>Trip</h1>{days}<h2>Last evening</h2>"
        "<p>On the last evening the northern lights stood above the glacier.</p><script>hacked = 1</script>"
    )
    talk = "\n\n".join(f"Line {n} of small talk about the weather in town." for n in range(30))
    (folder / "key.eml").write_text(
        "From: Ana <ana@example.org>\nTo: Ben <ben@example.org>\nSubject: Keys\n"
        'Date: Mon, 9 Mar 2026 10:00:00 +0100\nContent-Type: multipart/mixed; boundary="x"\n\n'
        "--x\nContent-Type: text/plain; charset=utf-8\n\n"
        f"{talk}\n\nThe spare key of the summer house lies under the third flowerpot.\n"
        '--x\nContent-Type: multipart/encrypted; boundary="y"\n\n--y\n\nVersion: 1\n--y--\n--x--\n'
    )
    birds = [f"warbler {n},{n},reed bed" for n in range(240)]
    birds[220] = "warbler 220,220,nesting in the old lighthouse"
    (folder / "birds.csv").write_text("\n".join(["species,count,place", *birds]))
    _lamp(folder / "lamp.epub")


def _lease(path: Path) -> None:
    document = docx.Document()
    document.add_heading("Lease of the boathouse", 1)
    for number in range(50):
        document.add_paragraph(f"Clause {number}. The parties agree on section {number} in good faith.")
    document.add_heading("Repairs", 2)
    document.add_paragraph("The landlord repairs the roof after a storm and pays for the tarpaulin.")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("Item", "Price", "Oars", "40 crowns"), strict=True):
        cell.text = text
    document.save(str(path))


def _garden(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Seeds"
    sheet.append(["Plant", "Sown", "Remark"])
    for number in range(120):
        remark = "eaten by the snails" if number == 90 else "windowsill"
        sheet.append([f"Tomato {number}", f"2026-03-{number % 28 + 1:02d}", remark])
    book.save(path)


def _lamp(path: Path) -> None:
    stairs = "".join(f"<p>In this part of the story the keeper climbs stair {n}.</p>" for n in range(60))
    page = (
        f"<html xmlns='http://www.w3.org/1999/xhtml'><body><h1>Night</h1>{stairs}"
        "<p>At midnight the keeper found a silver compass behind the lens.</p></body></html>"
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            "<container version='1.0' xmlns='urn:oasis:names:tc:opendocument:xmlns:container'>"
            "<rootfiles><rootfile full-path='c.opf' media-type='application/oebps-package+xml'/>"
            "</rootfiles></container>",
        )
        book.writestr(
            "c.opf",
            "<package xmlns='http://www.idpf.org/2007/opf' version='3.0'><metadata "
            "xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>The Lamp</dc:title></metadata><manifest>"
            "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>"
            "<spine><itemref idref='a'/></spine></package>",
        )
        book.writestr("a.xhtml", page)
