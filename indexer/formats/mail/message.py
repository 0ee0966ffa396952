"""One mail as text: its fields, what it says, its appointments, its attachments."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message

from indexer.formats import reading, refused
from indexer.formats.html import Page
from indexer.formats.mail.body import SIGNED, Contents, contents, text_of, versions
from indexer.formats.mail.calendar import described
from indexer.formats.mail.headers import FIELDS, field, filename
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed, UnreadableKind

_SILENT = (
    "text/css", "text/javascript", "application/javascript", "text/x-amp-html", "application/pgp-signature",
    "application/pkcs7-signature", "application/x-pkcs7-signature",
)  # fmt: skip
_DELIVERY = ("Final-Recipient", "Diagnostic-Code")  # fields of a report that tell whom a mail did not reach


def write(writer: Writer, message: Message, source: Source, *, within: str = "") -> bool:
    """Fields and text, then each attachment as a document of its own. `within` is the mail's anchor."""
    subject = field(message, "Subject")
    heading = (subject,) if subject else ()
    writer.mark(anchor=within or None, heading=heading)
    fields = [f"{name}: {value}" for name in FIELDS if (value := field(message, name))]
    writer.write("\n".join(fields) + "\n\n")
    content = contents(message)
    write_texts(writer, content, heading=heading, anchor=within or None)
    writer.notes.extend(f"{within}: {note}" if within else note for note in content.notes)
    for part in content.attachments:
        if writer.full:
            break
        _write_attachment(writer, part, source, heading, within)
    return not writer.full


def write_texts(writer: Writer, content: Contents, *, heading: tuple[str, ...], anchor: str | None) -> None:
    for choice in content.choices:
        for text in versions(choice):
            if isinstance(text, Page):
                text.write(writer, heading=heading, anchor=anchor)
                writer.mark(anchor=anchor, heading=heading)
            else:
                writer.write(text + "\n\n")
    seen: set[str] = set()
    for part in content.calendars:
        text = described(text_of(part))
        if text and text not in seen:
            seen.add(text)
            writer.write(text + "\n\n")


def _write_attachment(
    writer: Writer, part: Message, source: Source, heading: tuple[str, ...], within: str
) -> None:
    kind = part.get_content_type()
    if kind in _SILENT:
        return
    if kind == "message/delivery-status":
        writer.write("\n".join(_undelivered(part)) + "\n\n")
        return
    if kind in SIGNED:  # whose text could not be taken out
        writer.notes.append(f"{within}: its text is encrypted" if within else "its text is encrypted")
        return
    name = filename(part)
    data = _bytes(part)
    if not data or (name is None and part.get_content_maintype() in ("image", "audio", "video")):
        return
    name = name or _name_for(kind)
    anchor = f"{within}, attachment {name}" if within else f"attachment {name}"
    try:
        document = reading.read_member(source, name, data)
    except ExtractionFailed as error:
        if isinstance(error, UnreadableKind) and not refused.is_worth_telling(name, error):
            return
        writer.notes.append(f"{anchor}: {error}")
        return
    writer.insert(document, anchor=anchor, heading=heading)


def _decoded(encoding: str, mail: bytes) -> bytes:
    """A mail inside a mail, which some programs encode although they must not."""
    if encoding.strip().lower() == "base64" and b":" not in mail:
        with suppress(ValueError):
            return base64.b64decode(mail)
    return mail


def _undelivered(report: Message) -> Iterator[str]:
    """`Final-Recipient: rfc822; ada@example.org`."""
    for group in report.walk():
        yield from (f"{name}: {value}" for name in _DELIVERY if (value := field(group, name)))


def _name_for(kind: str) -> str:
    """`attachment.pdf` for what has no name of its own."""
    if kind == "message/rfc822":
        return "forwarded.eml"
    return "attachment" + (mimetypes.guess_extension(kind) or "")


def _bytes(part: Message) -> bytes:
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
        if not payload or not isinstance(payload[0], Message):
            return b""
        return _decoded(str(part["Content-Transfer-Encoding"] or ""), payload[0].as_bytes())
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
