"""PDF by fpdf2 and reportlab; pypdf only cuts, joins and encrypts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from corpus.case import Case


@cache
def report() -> bytes:
    """Three pages, an outline, a title and a date."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_title("Tidal report")
    pdf.set_creation_date(datetime(2026, 3, 1))
    pdf.set_font("Helvetica", size=12)
    pages = [
        ("Introduction", "The strait has fast currents."),
        ("Results", "Turbine output was steady."),
        ("Method", "We measured for a year."),
    ]
    for number, (title, body) in enumerate(pages):
        pdf.add_page()
        pdf.start_section(title, level=1 if number == 2 else 0)
        pdf.multi_cell(0, 8, f"{title}\n{body}")
    return bytes(pdf.output())


def paper() -> bytes:
    """Two columns and divided words, by reportlab."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    canvas.setTitle("Microsoft Word - draft.docx")
    for x, lines in (
        (50, ["Left column talks about hydro-", "power stations."]),
        (320, ["Right column", "on costs."]),
    ):
        text = canvas.beginText(x, 700)
        for line in lines:
            text.textLine(line)
        canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned(pages: int, *, text_on: tuple[int, ...] = ()) -> bytes:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    picture = ImageReader(Image.effect_noise((60, 80), 90))
    for number in range(1, pages + 1):
        canvas.drawImage(picture, 50, 50, 300, 300)
        if number in text_on:
            canvas.drawString(50, 700, f"Typed words on page {number}.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def unicode_text() -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    canvas.setFont("HeiseiMin-W3", 14)
    canvas.drawString(50, 700, "自転車の修理")
    canvas.save()
    return out.getvalue()


def rewritten(data: bytes, **encryption: Any) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    if encryption:
        writer.encrypt(**encryption)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def cases() -> Iterator[Case]:
    at = {
        "fast currents": {"page": 1, "heading": ("Introduction",)},
        "Turbine": {"page": 2, "heading": ("Results",)},
        "for a year": {"page": 3, "heading": ("Results", "Method")},
    }
    fields = {"title": "Tidal report", "date": "2026-03-01"}
    yield Case("report.pdf", report(), "pdf", at=at, **fields)
    yield Case("report.download", report(), "pdf", at=at, **fields)
    yield Case(
        "junk-before.pdf", b"\r\nHTTP junk\r\n" + report(), "pdf", at={"Turbine": {"page": 2}}, **fields
    )
    yield Case(
        "owner-locked.pdf",
        rewritten(report(), user_password="", owner_password="x", algorithm="AES-256"),
        "pdf",
        at=at,
        **fields,
    )
    yield Case(
        "old-lock.pdf",
        rewritten(report(), user_password="", owner_password="x", algorithm="RC4-128"),
        "pdf",
        at=at,
        **fields,
    )
    yield Case(
        "locked.pdf",
        rewritten(report(), user_password="secret", algorithm="AES-256"),
        fails="encrypted with a password",
    )
    yield Case(
        "paper.pdf",
        paper(),
        "pdf",
        ("hydropower stations.", "Right column"),
        at={"costs": {"page": 1}},
        date="2000-01-01",
    )
    yield Case("cjk.pdf", unicode_text(), "pdf", ("自転車の修理",), date="2000-01-01")
    yield Case("scan.pdf", scanned(2), fails="no text layer")
    yield Case(
        "half-scan.pdf",
        scanned(6, text_on=(1, 5)),
        "pdf",
        note="pages 2-4, 6",
        date="2000-01-01",
        at={"page 5": {"page": 5}},
    )
    yield Case("cut.pdf", report()[: len(report()) // 2], fails="damaged|no text layer")
