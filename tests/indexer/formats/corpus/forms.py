"""What PDFs hold besides running text: forms, comments, stamps, attachments, labels, headers, cut words."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from corpus.case import Case

DATE = "2000-01-01"  # reportlab's, when it is asked for the same bytes each time


def drawn(*pages: Callable[[Any], object]) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lines(*given: str, x: float = 50, y: float = 750) -> Callable[[Any], object]:
    def draw(canvas: Any) -> None:
        text = canvas.beginText(x, y)
        for line in given:
            text.textLine(line)
        canvas.drawText(text)

    return draw


def _rewritten(data: bytes, change: Callable[[Any], object]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _fields(canvas: Any) -> None:
    form = canvas.acroForm
    form.textfield(
        name="ship", tooltip="Name of the ship", value="Albatros", x=200, y=690, width=250, height=20
    )
    form.textfield(name="f1_1[0]", value="Husum", x=200, y=650, width=250, height=20)
    form.checkbox(name="crew", tooltip="Crew on board", checked=True, x=50, y=600)
    form.checkbox(name="dog", tooltip="Dog on board", checked=False, x=50, y=560)
    form.choice(name="berth", value="North", options=["North", "South"], x=200, y=520, width=100, height=20)
    form.textfield(name="pin", value="s3cret", fieldFlags="password", x=200, y=480, width=90, height=20)


def _with_comments(writer: Any) -> None:
    from pypdf.annotations import FreeText, Text

    writer.add_annotation(0, FreeText(text="Order the copper nails", rect=(50, 500, 300, 550)))
    _boxed(writer, "<body><p>Two <b>oak</b> staves</p></body>")
    writer.add_annotation(0, Text(text="ask the cooper about staves", rect=(50, 400, 80, 430)))
    writer.add_attachment("list.txt", b"Forty clench nails, two mallets.")
    writer.add_attachment("logo.png", b"\x89PNG" + bytes(50))
    _pin(writer, "list.txt", b"Forty clench nails, two mallets.")
    _pin(writer, "tar.txt", b"One barrel of Stockholm tar.")
    _stamp(writer, b"(Passed by the harbour master) Tj")


def _pin(writer: Any, name: str, data: bytes) -> None:
    """A file as an annotation of the first page."""
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject

    held = {NameObject("/F"): _stream(writer, data)}
    file = {NameObject("/F"): TextStringObject(name), NameObject("/EF"): DictionaryObject(held)}
    annotation = {
        NameObject("/Subtype"): NameObject("/FileAttachment"),
        NameObject("/Rect"): ArrayObject(map(FloatObject, (50, 300, 70, 320))),
        NameObject("/FS"): DictionaryObject(file),
    }
    writer.pages[0]["/Annots"].append(writer._add_object(DictionaryObject(annotation)))


def _boxed(writer: Any, rich: str) -> None:
    """A text box that has its words with their looks alone."""
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject

    box = {
        NameObject("/Subtype"): NameObject("/FreeText"),
        NameObject("/Rect"): ArrayObject(map(FloatObject, (50, 250, 300, 280))),
        NameObject("/RC"): TextStringObject(rich),
    }
    writer.pages[0]["/Annots"].append(writer._add_object(DictionaryObject(box)))


def _stamp(writer: Any, drawing: bytes) -> None:
    """What a stamp says is drawn, and nowhere else."""
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject

    fonts = DictionaryObject({NameObject("/F1"): next(iter(writer.pages[0]["/Resources"]["/Font"].values()))})
    look = _stream(writer, b"BT /F1 12 Tf 4 8 Td " + drawing + b" ET")
    look.get_object().update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): ArrayObject(map(FloatObject, (0, 0, 250, 30))),
            NameObject("/Resources"): DictionaryObject({NameObject("/Font"): fonts}),
        }
    )
    annotation = {
        NameObject("/Subtype"): NameObject("/Stamp"),
        NameObject("/Rect"): ArrayObject(map(FloatObject, (50, 200, 300, 230))),
        NameObject("/AP"): DictionaryObject({NameObject("/N"): look}),
    }
    writer.pages[0]["/Annots"].append(writer._add_object(DictionaryObject(annotation)))


def _stream(writer: Any, data: bytes) -> Any:
    from pypdf.generic import DecodedStreamObject

    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream)


def _in_hebrew(writer: Any) -> None:
    """The font's capital letters are Hebrew ones."""
    from pypdf.generic import NameObject

    for font in writer.pages[0]["/Resources"]["/Font"].values():
        font.get_object()[NameObject("/ToUnicode")] = _stream(writer, LETTERS)


def _laid_out_by_a_program(writer: Any) -> None:
    """A form of which all, its values too, is in one piece of XML."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    form = {NameObject("/XFA"): _stream(writer, XFA), NameObject("/Fields"): ArrayObject()}
    writer.root_object[NameObject("/AcroForm")] = writer._add_object(DictionaryObject(form))


def _labelled(writer: Any) -> None:
    writer.set_page_label(0, 1, style="/r")
    writer.set_page_label(2, 2, style="/D", start=1)


def _tracked(canvas: Any) -> None:
    text = canvas.beginText(50, 700)
    text.setCharSpace(6)
    text.textLine("NAUTICAL CHARTS")
    canvas.drawText(text)
    x = 50
    for letter, gap in zip("HOISTSAIL", (20, 20, 20, 20, 60, 20, 20, 20, 20), strict=True):
        canvas.drawString(x, 650, letter)
        x += gap


def _turned(canvas: Any) -> None:
    canvas.setPageRotation(90)
    canvas.drawString(50, 700, "First line of the sheet")
    canvas.drawString(50, 680, "Second line of the sheet")


def _outlines(canvas: Any) -> None:
    for step in range(20):
        canvas.line(50, 50 + step * 9, 400, 700 - step * 9)


BODY = (
    "Rope, tar and canvas are kept dry.",
    "The sailmaker signs for each bolt.",
    "Nobody smokes in the loft.",
)


HEBREW = "ספינת הדיג חזרה לנמל"
LETTERS = b"""begincmap /CMapName /x def 1 begincodespacerange <00> <ff> endcodespacerange
1 beginbfchar <20> <0020> endbfchar 1 beginbfrange <41> <5b> <05d0> endbfrange endcmap"""
XFA = (
    b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template><caption>Berth</caption></template>'
    b'<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><Ship>Albatros</Ship></xfa:data>'
    b"</xfa:datasets></xdp:xdp>"
)
TREES = ("oak", "elm", "ash", "yew", "fir", "box")


def cases() -> Iterator[Case]:
    yield Case(
        "form.pdf",
        drawn(_fields),
        "pdf",
        ("Name of the ship: Albatros", "\nHusum", "[x] Crew on board", "berth: North"),
        ("Dog on board", "s3cret", "f1_1"),
        at={"Albatros": {"page": 1}},
        date=DATE,
    )
    commented = _rewritten(drawn(lines("Minutes of the boat club")), _with_comments)
    yield Case(
        "comments.pdf",
        commented,
        "pdf",
        ("Minutes of the boat club\nPassed by the harbour master\nOrder the copper nails\nTwo oak staves\n",),
        lacks=("mallets.\n\nForty",),
        at={
            "cooper": {"page": 1},
            "clench nails": {"anchor": "attachment list.txt"},
            "Stockholm tar": {"anchor": "attachment tar.txt"},
        },
        date=DATE,
    )
    from_the_right = "".join(chr(ord(c) - 0x5D0 + 65) if c != " " else c for c in reversed(HEBREW))
    yield Case("ship.pdf", _rewritten(drawn(lines(from_the_right)), _in_hebrew), "pdf", (HEBREW,), date=DATE)
    waiting = _rewritten(drawn(lines("Please wait.")), _laid_out_by_a_program)
    yield Case("waiting.pdf", waiting, "pdf", ("Ship: Albatros",), ("Berth",), date=DATE)
    labels = _rewritten(drawn(lines("Preface"), lines("More preface"), lines("It begins")), _labelled)
    yield Case(
        "labels.pdf",
        labels,
        "pdf",
        at={"More": {"page": 2, "anchor": "page ii"}, "begins": {"page": 3, "anchor": "page 1"}},
        date=DATE,
    )
    running = [
        lines(
            f"Handbook of the loft - page {n} of 6",
            f"Chapter {n} {'wxyzuv'[n - 1]}",
            *(f"{TREES[n - 1]}: {line}" for line in BODY),
            str(n),
        )
        for n in range(1, 7)
    ]
    yield Case(
        "running-heads.pdf",
        drawn(*running),
        "pdf",
        ("Handbook of the loft - page 1 of 6\nChapter 1 w", "Chapter 4 z\nyew: Rope"),
        ("page 2 of 6", "page 6 of 6", "in the loft.\n5"),
        at={"Chapter 4": {"page": 4}},
        date=DATE,
    )
    cut = lines(
        "A well-", "known pilot rows; the sea-", "farer's long-", "term plan; Vor-", "und Nachteile of e-",
        "mail; ask Müller-", "Lüdenscheidt about auto-", "matic and automatic gear",
    )  # fmt: skip
    yield Case(
        "cut-words.pdf",
        drawn(cut),
        "pdf",
        (
            "well-known pilot",
            "seafarer's long-term",
            "Vor- und Nachteile",
            "e-mail",
            "Müller-Lüdenscheidt about automatic",
        ),
        date=DATE,
    )
    yield Case(
        "letters.pdf",
        drawn(_tracked, _turned),
        "pdf",
        ("NAUTICAL CHARTS", "HOIST SAIL", "First line of the sheet\nSecond"),
        date=DATE,
    )
    yield Case("lines.pdf", drawn(_outlines), fails="drawn as lines")
    yield Case("nothing.pdf", drawn(lambda canvas: None), fails="its pages are empty")
    yield Case(
        "lost-table.pdf",
        drawn(lines("Read all the same"))
        .replace(b"startxref", b"startxxxx")
        .replace(b"\nxref\n", b"\nxxxx\n"),
        "pdf",
        ("Read all the same",),
        date=DATE,
    )
