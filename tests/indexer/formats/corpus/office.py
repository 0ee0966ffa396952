"""Word, PowerPoint and OpenDocument text."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from typing import Any

from corpus.case import Case


def _bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def edited(data: bytes, name: str, edit: Any) -> bytes:
    """The package with one member changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item.filename, edit(content) if item.filename == name else content)
    return out.getvalue()


@cache
def contract() -> bytes:
    import docx

    document = docx.Document()
    document.core_properties.title = "Mietvertrag"
    document.core_properties.created = datetime.datetime(2026, 1, 15)
    document.add_heading("Mietvertrag", 0)
    document.add_paragraph("Zwischen Vermieter und Mieter.")
    document.add_heading("Mietsache", 1)
    document.add_paragraph("Die Wohnung im dritten Stock.")
    document.add_heading("Schlüssel", 2)
    document.add_paragraph("Drei Haustürschlüssel", style="List Bullet")
    table = document.add_table(rows=0, cols=2)
    for cells in (("Raum", "Fläche"), ("Küche", "12 m²"), ("Bad", "6 m²")):
        row = table.add_row().cells
        row[0].text, row[1].text = cells
    document.add_paragraph("Nach der Tabelle.")
    document.add_heading("Kaution", 1)
    document.add_paragraph("Drei Monatsmieten.")
    return _bytes(document)


def _with_footnote(data: bytes) -> bytes:
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    note = '<w:footnote w:id="1"><w:p><w:r><w:t>Siehe Anlage 7.</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {namespace}>{note}</w:footnotes>"
    relation = (
        '<Relationship Id="rIdFoot" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" '
        'Target="footnotes.xml"/></Relationships>'
    )
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{content}"/></Types>'
    data = edited(
        data, "word/_rels/document.xml.rels", lambda b: b.replace(b"</Relationships>", relation.encode())
    )
    data = edited(data, "[Content_Types].xml", lambda b: b.replace(b"</Types>", override.encode()))
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("word/footnotes.xml", notes)
    return out.getvalue()


def _tracked(data: bytes) -> bytes:
    deleted = b'<w:del w:id="1" w:author="a"><w:r><w:delText>geloescht</w:delText></w:r></w:del>'
    inserted = b'<w:ins w:id="2" w:author="a"><w:r><w:t xml:space="preserve"> und Balkon</w:t></w:r></w:ins>'
    return edited(
        data, "word/document.xml", lambda b: re.sub(rb"(Stock\.</w:t></w:r>)", rb"\1" + deleted + inserted, b)
    )


@cache
def deck() -> bytes:
    from pptx import Presentation
    from pptx.util import Inches

    presentation = Presentation()
    presentation.core_properties.title = "PowerPoint Presentation"
    presentation.core_properties.created = datetime.datetime(2026, 5, 2)
    first = presentation.slides.add_slide(presentation.slide_layouts[0])
    first.shapes.title.text = "Quarterly review"
    first.placeholders[1].text = "Spring 2026"
    second = presentation.slides.add_slide(presentation.slide_layouts[5])
    second.shapes.title.text = "Sales"
    table = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(5), Inches(1)).table
    for place, text in zip(
        ((0, 0), (0, 1), (1, 0), (1, 1)), ("Region", "Units", "North", "120"), strict=True
    ):
        table.cell(*place).text = text
    second.notes_slide.notes_text_frame.text = "Mention the weather."
    third = presentation.slides.add_slide(presentation.slide_layouts[6])
    group = third.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame.text = "Inside a group"
    return _bytes(presentation)


def _odf(document: Any) -> bytes:
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


@cache
def report_odt() -> bytes:
    from odf import dc, meta, table, text
    from odf.opendocument import OpenDocumentText

    document = OpenDocumentText()
    document.meta.addElement(dc.Title(text="Jahresbericht"))
    document.meta.addElement(meta.CreationDate(text="2026-02-11T12:00:00"))
    document.text.addElement(text.H(outlinelevel=1, text="Überblick"))
    spaced = text.P(text="Ein gutes")
    spaced.addElement(text.S(c=1))
    spaced.addText("Jahr.")
    document.text.addElement(spaced)
    document.text.addElement(text.H(outlinelevel=2, text="Zahlen"))
    grid = table.Table(name="T")
    for cells in (("Monat", "Umsatz"), ("Januar", "100")):
        row = table.TableRow()
        for cell_text in cells:
            cell = table.TableCell()
            cell.addElement(text.P(text=cell_text))
            row.addElement(cell)
        grid.addElement(row)
    document.text.addElement(grid)
    bullets = text.List()
    item = text.ListItem()
    item.addElement(text.P(text="Erster Punkt"))
    bullets.addElement(item)
    document.text.addElement(bullets)
    return _odf(document)


def slides_odp() -> bytes:
    from odf import draw, style, text
    from odf.opendocument import OpenDocumentPresentation

    document = OpenDocumentPresentation()
    layout = style.PageLayout(name="L")
    document.automaticstyles.addElement(layout)
    master = style.MasterPage(name="M", pagelayoutname=layout)
    document.masterstyles.addElement(master)
    for words in ("Welcome aboard", "Safety first"):
        page = draw.Page(masterpagename=master)
        frame = draw.Frame(width="10cm", height="2cm", x="1cm", y="1cm")
        box = draw.TextBox()
        box.addElement(text.P(text=words))
        frame.addElement(box)
        page.addElement(frame)
        document.presentation.addElement(page)
    return _odf(document)


def cases() -> Iterator[Case]:
    at: dict[str, dict[str, Any]] = {
        "Zwischen": {"heading": ()},
        "dritten Stock": {"heading": ("Mietsache",)},
        "Drei Haustür": {"heading": ("Mietsache", "Schlüssel"), "table_header": None},
        "Bad | 6 m²": {"heading": ("Mietsache", "Schlüssel"), "table_header": "Raum | Fläche"},
        "Nach der Tabelle": {"heading": ("Mietsache", "Schlüssel"), "table_header": None},
        "Drei Monatsmieten": {"heading": ("Kaution",)},
    }
    fields = {"title": "Mietvertrag", "date": "2026-01-15"}
    yield Case("contract.docx", contract(), "docx", ("- Drei Haustürschlüssel",), at=at, **fields)
    yield Case("contract-without-ending", contract(), "docx", at=at, **fields)
    macro = edited(
        contract(),
        "[Content_Types].xml",
        lambda b: b.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    )
    yield Case("macro.docm", macro, "docx", at=at, **fields)
    yield Case(
        "footnote.docx",
        _with_footnote(contract()),
        "docx",
        at={"Anlage 7": {"anchor": "footnotes"}},
        **fields,
    )
    yield Case(
        "tracked.docx",
        _tracked(contract()),
        "docx",
        ("dritten Stock. und Balkon",),
        lacks=("geloescht",),
        **fields,
    )
    yield Case(
        "deck.pptx",
        deck(),
        "pptx",
        title="Quarterly review",
        date="2026-05-02",
        at={
            "Spring 2026": {"anchor": "slide 1", "heading": ("Quarterly review",)},
            "North | 120": {"anchor": "slide 2", "heading": ("Sales",), "table_header": "Region | Units"},
            "Mention": {"anchor": "slide 2, notes", "heading": ("Sales",), "table_header": None},
            "Inside a group": {"anchor": "slide 3", "heading": ()},
        },
    )
    yield Case(
        "bericht.odt",
        report_odt(),
        "odt",
        ("- Erster Punkt",),
        title="Jahresbericht",
        date="2026-02-11",
        at={
            "Ein gutes Jahr.": {"heading": ("Überblick",)},
            "Januar | 100": {"heading": ("Überblick", "Zahlen"), "table_header": "Monat | Umsatz"},
            "Erster": {"table_header": None},
        },
    )
    yield Case(
        "slides.odp",
        slides_odp(),
        "odp",
        at={"Welcome": {"anchor": "slide 1"}, "Safety": {"anchor": "slide 2"}},
    )
