"""Mail by the standard library, archives by zipfile."""

from __future__ import annotations

import bz2
import io
import mailbox
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from corpus.case import Case
from corpus.media import picture
from corpus.old import FILES
from corpus.pdfs import report
from indexer.formats import pictured


def mail(subject: str, body: str, *, sender: str = "Ada <ada@example.org>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "konrad@example.org", subject
    message["Date"] = "Mon, 09 Mar 2026 10:00:00 +0100"
    message.set_content(body)
    return message


def with_attachments() -> EmailMessage:
    message = mail("Angebot für die Küche", "Anbei das Angebot.\n")
    message.add_alternative("<p>Anbei das <b>Angebot</b>.</p>", subtype="html")
    message.add_attachment(report(), maintype="application", subtype="pdf", filename="bericht.pdf")
    message.add_attachment(b"\x89PNG" + bytes(200), maintype="image", subtype="png", filename="logo.png")
    message.add_attachment("Maße: 60 x 80", filename="maße.txt")
    message.add_attachment(mail("Rückfrage", "Welche Farbe?"))
    message.add_attachment(b"%PDF-1.4 nothing", maintype="application", subtype="pdf", filename="kaputt.pdf")
    return message


def html_only() -> bytes:
    message = mail("Newsletter", "")
    message.clear_content()
    message.set_content(
        "<html><body><h1>Spring</h1><p>Seeds are <i>here</i>.</p></body></html>", subtype="html"
    )
    return message.as_bytes()


LEGACY = (
    b"From: =?iso-8859-1?Q?J=FCrgen?= <j@example.org>\r\nSubject: =?utf-8?B?R3LDvMOfZQ==?=\r\n"
    b"Date: Tue, 3 Feb 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nSch=F6ne Gr=FC=DFe aus K=F6ln\r\n"
)


def box() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "box"
        mails = mailbox.mbox(path)
        mails.add(mail("First", "The boiler is fixed.\nFrom now on it is warm.\n"))
        mails.add(with_attachments())
        mails.add(mail("Third", "Invoice attached."))
        mails.close()
        return path.read_bytes()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("docs/readme.md", "# Read me\n\nIn the archive.\n")
        packed.writestr("docs/bericht.pdf", report())
        packed.writestr(".hidden/secret.txt", "hidden")
        packed.writestr("logo.png", b"\x89PNG" + bytes(100))
        packed.writestr("broken.pdf", b"%PDF-1.7 nothing")
    return out.getvalue()


def with_what_is_not_read() -> bytes:
    """A photographed receipt and a notebook beside a line of text."""
    message = mail("Receipts", "Here they are.\n")
    message.add_attachment(
        picture("JPEG", (320, 240), noise=True), maintype="image", subtype="jpeg", filename="till.jpg"
    )
    message.add_attachment(bytes(99), maintype="application", subtype="onenote", filename="trip.one")
    return message.as_bytes()


def archive_of_archives() -> bytes:
    letters, out = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=letters, mode="w:gz") as packed:
        entry = tarfile.TarInfo("1911/deed.txt")
        entry.size = 23
        packed.addfile(entry, io.BytesIO(b"The mill goes to Tomas.\n"))
    with zipfile.ZipFile(out, "w") as outer:
        outer.writestr("letters.tar.gz", letters.getvalue())
        outer.writestr("diary.txt.bz2", bz2.compress(b"Rain all day."))
        outer.writestr("photos.rar", b"Rar!\x1a\x07\x01\0" + bytes(40))
        outer.writestr("logo.png", b"\x89PNG" + bytes(100))
    return out.getvalue()


def cases() -> Iterator[Case]:
    yield Case("receipts.eml", with_what_is_not_read(), "eml", ("Here they are.",), title="Receipts",
               date="2026-03-09", note="attachment trip.one: a OneNote section; export it as .docx or .pdf "
               f"to search it {pictured.NOT_READ}")  # fmt: skip
    yield Case("years.zip", archive_of_archives(), "zip",
               at={"The mill goes": {"anchor": "letters.tar.gz, letters.tar, 1911/deed.txt"},
                   "Rain all day": {"anchor": "diary.txt.bz2, diary.txt"}},
               note="photos.rar: an archive of a kind that is not read")  # fmt: skip
    sealed = (FILES / "tide.7z").read_bytes()  # by 7-Zip
    yield Case("tide.7z", sealed, "7z",
               at={"Low water at six": {"anchor": "tide/notes/two.md", "heading": ("Two",)},
                   "First letter": {"anchor": "tide/one.txt"}})  # fmt: skip
    yield Case("cut.7z", sealed[:-9], fails="damaged or cut off: its directory")
    subject = "Angebot für die Küche"
    attached = {
        "Anbei das Angebot.": {"anchor": None, "heading": (subject,)},
        "Turbine output": {"anchor": "attachment bericht.pdf", "heading": (subject, "Results"), "page": 2},
        "Maße: 60": {"anchor": "attachment maße.txt"},
        "Welche Farbe": {"anchor": "attachment forwarded.eml", "heading": (subject, "Rückfrage")},
    }
    yield Case(
        "offer.eml",
        with_attachments().as_bytes(),
        "eml",
        ("From: Ada <ada@example.org>",),
        lacks=("<b>",),
        at=attached,
        title=subject,
        date="2026-03-09",
        note="attachment kaputt.pdf: ",
    )
    yield Case(
        "letter.eml",
        LEGACY,
        "eml",
        ("From: Jürgen <j@example.org>", "Schöne Grüße aus Köln"),
        title="Grüße",
        date="2026-02-03",
    )
    yield Case(
        "news.eml",
        html_only(),
        "eml",
        ("Seeds are here.",),
        title="Newsletter",
        date="2026-03-09",
        at={"Seeds": {"heading": ("Newsletter", "Spring")}},
    )
    yield Case("mail-without-ending", LEGACY, "eml", ("Schöne Grüße",), title="Grüße", date="2026-02-03")
    yield Case(
        "archive.mbox",
        box(),
        "mbox",
        ("From now on it is warm.",),
        lacks=(">From",),
        at={
            "boiler": {"anchor": "message 1", "heading": ("First",)},
            "Turbine output": {"anchor": "message 2, attachment bericht.pdf", "page": 2},
            "Invoice": {"anchor": "message 3", "heading": ("Third",)},
        },
        note="kaputt.pdf",
    )
    yield Case("INBOX", box(), "mbox", ("The boiler is fixed.",), note="kaputt.pdf")
    yield Case(
        "things.zip",
        archive(),
        "zip",
        lacks=("hidden",),
        note="broken.pdf: ",
        at={
            "In the archive": {"anchor": "docs/readme.md", "heading": ("Read me",)},
            "Turbine output": {"anchor": "docs/bericht.pdf", "page": 2},
        },
    )
