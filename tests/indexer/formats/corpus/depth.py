"""Office files in depth: content controls, boxes, charts, comments, Strict XML, broken relations, formats of
numbers, headers below titles."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from corpus.case import Case
from corpus.media import picture
from corpus.office import contract, deck, edited
from corpus.sheets import readings
from indexer.formats import pictured

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_USUAL = b"http://schemas.openxmlformats.org/"
_STRICT = (
    (b"officeDocument/2006/relationships", b"officeDocument/relationships"),
    (b"wordprocessingml/2006/main", b"wordprocessingml/main"),
    (b"presentationml/2006/main", b"presentationml/main"),
    (b"spreadsheetml/2006/main", b"spreadsheetml/main"),
    (b"drawingml/2006/main", b"drawingml/main"),
)
_NULL = (
    b'<Relationship Id="rId901" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
    b' Target="NULL"/><Relationship Id="rId902" Type="x/hyperlink" Target="#_top"/></Relationships>'
)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, change(item.filename, old.read(item)))
    return out.getvalue()


def spoilt(data: bytes, name: str) -> bytes:
    """With one member that cannot be unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        at = archive.getinfo(name).header_offset + 30 + len(name)
    return data[:at] + bytes(8) + data[at + 8 :]


def tale() -> bytes:
    """A first letter that is set in a frame of its own, and a picture that may hold text."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    letter = document.add_paragraph("O")
    frame = f'<w:framePr {_W} w:dropCap="drop" w:lines="3" w:wrap="around"/>'
    letter._p.get_or_add_pPr().insert(0, parse_xml(frame))
    document.add_paragraph("nce upon a time there was a lock.")
    document.add_paragraph("It leaked.")
    document.add_picture(io.BytesIO(picture("PNG", (320, 240), noise=True)))
    return _saved(document)


def strict(data: bytes) -> bytes:
    def change(name: str, content: bytes) -> bytes:
        if name.endswith((".xml", ".rels")) and "docProps" not in name and name != "[Content_Types].xml":
            for usual, strictly in _STRICT:
                content = content.replace(_USUAL + usual, b"http://purl.oclc.org/ooxml/" + strictly)
        return content

    return _rewritten(data, change)


def controls() -> bytes:
    """A table with a cell and a row in content controls, a box in a cell, a nested table, an equation, a
    header, moved text, a described picture."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    rows = (("Date", "Keeper", "Remark"), ("14 March", "Ottilie", "lens"), ("15 March", "Ruprecht", "horn"))
    for number, cells in enumerate(rows):
        for place, text in enumerate(cells):
            table.cell(number, place).text = text
    box = (
        f'<w:p {_W} xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape><v:textbox><w:txbxContent>'
        "<w:p><w:r><w:t>Bulkhead seven leaks</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
        "</w:r></w:p>"
    )
    table.cell(3, 0)._tc.append(parse_xml(box))
    inner = table.cell(3, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "pelican", "gannet"
    for element in (table.cell(1, 1)._tc, table.rows[2]._tr):
        wrapped = parse_xml(f"<w:sdt {_W}><w:sdtPr/><w:sdtContent/></w:sdt>")
        element.addprevious(wrapped)
        wrapped[-1].append(element)
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    formula = "<m:sSup><m:e><m:r><m:t>a</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    run = "<m:r><m:t>{}</m:t></m:r>".format
    formula += (
        f'{run("=")}<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{run("k=1")}</m:sub>'
        f"<m:sup>{run('n')}</m:sup><m:e>{run('b')}</m:e></m:nary>"
    )
    paragraph = document.add_paragraph("The area is ")
    paragraph._p.append(parse_xml(f"<m:oMath {math}>{formula}</m:oMath>"))
    entries = "".join(f'<w:listEntry w:val="{side}"/>' for side in ("port side", "starboard side"))
    listed = f'<w:ffData><w:ddList><w:result w:val="1"/>{entries}</w:ddList></w:ffData>'
    begin, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}">{{}}</w:fldChar></w:r>' for kind in ("begin", "end")
    )
    chosen = f"<w:p {_W}>{begin.format(listed)}{end.format('')}</w:p>"
    document.element.body.insert(1, parse_xml(chosen))
    moved = "<w:r><w:t>harpoon store</w:t></w:r>"
    for name in ("moveFrom", "moveTo"):
        ids = 'w:id="5" w:author="a"'
        document.element.body.insert(1, parse_xml(f"<w:p {_W}><w:{name} {ids}>{moved}</w:{name}></w:p>"))
    clause = (
        f'<w:customXml {_W} w:element="c"><w:p><w:r><w:t>Clause on cormorants</w:t></w:r></w:p></w:customXml>'
    )
    document.element.body.insert(1, parse_xml(clause))
    document.sections[0].header.paragraphs[0].text = "Reference KLX-4471"
    drawing = (
        f'<w:p {_W} xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><w:r><w:drawing>'
        '<wp:inline><wp:docPr id="1" name="Picture 1" descr="A heron on the sluice gate"/>'
        "</wp:inline></w:drawing></w:r>"
        "</w:p>"
    )
    document.element.body.insert(1, parse_xml(drawing))
    curved = (
        f'<w:p {_W} xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape>'
        '<v:textpath string="Open day"/></v:shape></w:pict></w:r></w:p>'
    )
    document.element.body.insert(1, parse_xml(curved))
    return _saved(document)


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
DIAGRAM = (
    f'<d:dataModel xmlns:d="{_DRAWING}/diagram" xmlns:a="{_DRAWING}/main"><d:ptLst>'
    + "".join(
        f'<d:pt modelId="{n}" type="{kind}"><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>'
        for n, (kind, text) in enumerate((("node", "Caught"), ("parTrans", "x"), ("node", "Salted")))
    )
    + "</d:ptLst></d:dataModel>"
)
FRAME = (
    '<p:graphicFrame xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:a="{_DRAWING}/main">'
    '<p:nvGraphicFramePr><p:cNvPr id="9" name="Steps"/></p:nvGraphicFramePr><a:graphic>'
    f'<a:graphicData uri="{_DRAWING}/diagram"><d:relIds xmlns:d="{_DRAWING}/diagram" '
    f'xmlns:r="{_OFFICE}/relationships" r:dm="{{}}"/></a:graphicData></a:graphic></p:graphicFrame>'
)


def charted() -> bytes:
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI
    from pptx.oxml import parse_xml
    from pptx.util import Inches

    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Herring landed"
    ship = slide.shapes.add_shape(1, *[Inches(1)] * 4)
    ship.element.nvSpPr.cNvPr.set("descr", "A trawler in the harbour")
    data = CategoryChartData()
    data.categories = ["Büsum", "Husum"]
    data.add_series("Crates", (12, 31))
    size = (Inches(1), Inches(2), Inches(4), Inches(3))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *size, data)
    name = PackURI("/ppt/diagrams/data1.xml")
    smart = Part(name, "application/xml", presentation.part.package, DIAGRAM.encode())
    frame = FRAME.format(slide.part.relate_to(smart, f"{_OFFICE}/relationships/diagramData"))
    slide.shapes._spTree.append(parse_xml(frame))
    return _saved(presentation)


def ledger() -> bytes:
    """A title above the header, numbers with formats, a comment, a text box, a chart, a formula no program
    has computed, and more columns than are read."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime.datetime(2026, 3, 1)})
    sheet = book.add_worksheet("Ledger")
    sheet.write(0, 0, "Harbour dues 2026")
    sheet.write(1, 0, "as of March")
    sheet.write_row(3, 0, ["Ship", "Postcode", "Leaves", "Share", "Stay", "Phone"])
    formats = [None, "00000", "h:mm", "0%", "[h]:mm", '"0"00\\-0000']
    shown = [book.add_format({"num_format": code}) if code else None for code in formats]
    for place, value in enumerate(("Albatros", 1067, 0.3125, 0.25, 1.5, 495512)):
        sheet.write(4, place, value, *([shown[place]] if shown[place] else []))
    sheet.write_row(5, 0, ["Seeadler", 24837])
    sheet.write_comment("A6", "Has not paid yet", {"author": "Ada"})
    sheet.insert_textbox("H2", "Dues go up in May")
    sheet.write(9, 0, "Berth")
    sheet.write(9, 1, "Depth")
    sheet.write_row(10, 0, ["North", 4])
    chart = book.add_chart({"type": "column"})
    chart.add_series({"name": "=Ledger!$B$10", "values": "=Ledger!$B$11:$B$11"})
    chart.set_title({"name": "Depth of the berths"})
    sheet.insert_chart("H10", chart)
    sheet.write(4, 2_100, "far away")
    sheet.set_header('&L&"Arial,Bold"&12Harbour office & customs&RPage &P of &N')
    book.close()
    return out.getvalue()


def uncomputed() -> bytes:
    import openpyxl
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = openpyxl.Workbook()
    book.properties.created = datetime.datetime(2026, 3, 1)
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["Total", "=SUM(Depths!A1:A9)"])
    book.active.append(["Sounded on", datetime.date(2026, 3, 9)])
    apart = book.create_sheet("Apart")
    apart.sheet_state = "hidden"
    apart.merge_cells("A1:C1")
    apart["A1"] = CellRichText("The old ", TextBlock(InlineFont(b=True), "soundings"))
    return _saved(book)


def boxes_odt() -> bytes:
    from odf import dc, draw, office, table, text
    from odf.opendocument import OpenDocumentText

    document = OpenDocumentText()
    paragraph = text.P(text="The mast is pine.")
    for words in ("First box", "Second box"):
        frame = draw.Frame(width="3cm", height="1cm")
        box = draw.TextBox()
        box.addElement(text.P(text=words))
        frame.addElement(box)
        paragraph.addElement(frame)
    note = office.Annotation()
    note.addElement(dc.Creator(text="Ada"))
    note.addElement(text.P(text="ask for larch"))
    paragraph.addElement(note)
    document.text.addElement(paragraph)
    outer = table.Table(name="O")
    inner = table.Table(name="I")
    for grid, words in ((inner, "bowsprit"), (outer, "")):
        row, cell = table.TableRow(), table.TableCell()
        cell.addElement(text.P(text=words) if words else inner)
        row.addElement(cell)
        other = table.TableCell()
        other.addElement(text.P(text=words + " beside"))
        row.addElement(other)
        grid.addElement(row)
    document.text.addElement(outer)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


FORM = (
    b'<office:forms xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"><form:form form:name="F">'
    b'<form:text form:name="Boat" form:current-value="Albatros"/><form:text form:name="Port"/><form:listbox>'
    b'<form:option form:label="North pier" form:selected="true"/><form:option form:label="South pier"/>'
    b'</form:listbox><form:checkbox form:label="Crew on board" form:current-state="checked"/>'
    b"</form:form></office:forms>"
)


def flat(data: bytes) -> bytes:
    """The package's content as one XML file."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        content = package.read("content.xml")
    return re.sub(rb"office:document-content", b"office:document", content)


def cases() -> Iterator[Case]:
    at = {"ask for larch": {"anchor": "comments"}}
    words = ("The mast is pine.\n\nFirst box\n\nSecond box\n", "bowsprit bowsprit beside | beside")
    known = {"title": "Mietvertrag", "date": "2026-01-15"}
    yield Case("strict.docx", strict(contract()), "docx", ("im dritten Stock",), **known)
    loose = edited(
        contract(), "word/_rels/document.xml.rels", lambda b: b.replace(b"</Relationships>", _NULL)
    )
    yield Case("loose.docx", loose, "docx", ("im dritten Stock",), **known)
    bare = edited(contract(), "_rels/.rels", lambda b: b"")
    yield Case("no-relations.docx", bare, "docx", ("im dritten Stock",), **known)
    header = "Date | Keeper | Remark"
    yield Case(
        "controls.docx",
        controls(),
        "docx",
        (
            "pelican gannet",
            "Bulkhead seven leaks",
            "The area is a^2=∑_(k=1)^n b",
            "Clause on cormorants",
            "A heron on the sluice",
            "Open day",
            "starboard side",
        ),
        at={
            "14 March | Ottilie | lens": {"table_header": header},
            "15 March | Ruprecht | horn": {"table_header": header},
            "KLX-4471": {"anchor": "header and footer"},
        },
    )
    yield Case("tale.docx", tale(), "docx", ("Once upon a time there was a lock.\n\nIt leaked.",),
               note=pictured.NOT_READ)  # fmt: skip
    form = edited(boxes_odt(), "content.xml", lambda b: b.replace(b"<office:text>", b"<office:text>" + FORM))
    filled = {"Boat: Albatros\nNorth pier\n[x] Crew on board\n": {"anchor": "form"}}
    yield Case("form.odt", form, "odt", words, ("South", "Port"), at=filled)
    twice = edited(boxes_odt(), "content.xml", lambda b: b.replace(b"<text:p>", b'<text:p xml:id="one">'))
    yield Case("spoilt.odt", spoilt(twice, "meta.xml"), "odt", words, at=at)
    yield Case("strict.pptx", strict(deck()), "pptx", ("North | 120", "Mention"), title="Quarterly review",
               date="2026-05-02")  # fmt: skip
    show = edited(
        deck(), "[Content_Types].xml", lambda b: b.replace(b"presentation.main+xml", b"slideshow.main+xml")
    )
    for ending in ("ppsx", "potx"):
        yield Case(
            f"show.{ending}", show, "pptx", ("North | 120",), title="Quarterly review", date="2026-05-02"
        )
    yield Case(
        "chart.pptx",
        charted(),
        "pptx",
        ("Crates\n", "Husum | 31", "A trawler in", "Caught\nSalted"),
        title="Herring landed",
    )
    yield Case(
        "ledger.xlsx",
        ledger(),
        "xlsx",
        (
            "Albatros | 01067 | 7:30 | 25% | 36:00 | 049-5512",
            "A6: Has not paid yet",
            "Dues go up in May",
            "Depth of the berths",
            "Harbour office & customs Page",
        ),
        at={
            "as of March": {"table_header": None},
            "Seeadler | 24837": {"table_header": "Ship | Postcode | Leaves | Share | Stay | Phone"},
            "North | 4": {"table_header": "Berth | Depth", "anchor": "Ledger!A11:B11"},
        },
        note="sheet Ledger: only the first 2,000 columns were read",
        date="2026-03-01",
    )
    sounded = ("Total | =SUM(Depths!A1:A9)\nSounded on | 2026-03-09", "The old soundings")
    yield Case("uncomputed.xlsx", uncomputed(), "xlsx", sounded, date="2026-03-01")
    yield Case("boxes.odt", boxes_odt(), "odt", words, at=at)
    drawing = _rewritten(
        boxes_odt(), lambda name, b: b.replace(b".text", b".graphics") if name == "mimetype" else b
    )
    yield Case("drawing", drawing, "odg", words, at=at)
    yield Case(
        "readings.fods", flat(readings(9)), "fods", at={"Pegel 9 | 18": {"table_header": "Ort | Wert"}}
    )
    yield Case("boxes.fodt", flat(boxes_odt()), "fodt", words, at=at)
