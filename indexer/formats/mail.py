"""One mail as text: its fields, its body, its attachments."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Any

from indexer.formats import reading
from indexer.formats.dates import iso_date
from indexer.formats.decoding import decode
from indexer.formats.html import Page
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed, UnreadableKind

_FIELDS = ("From", "To", "Cc", "Date", "Subject")
_PARTS = 500  # of one mail
_FIELD_CHARACTERS = 1_000


def parse(data: bytes) -> Any:
    return email.message_from_bytes(data, policy=email.policy.default)


def field(message: Any, name: str) -> str | None:
    """A header's decoded text; None when it is missing or beyond decoding."""
    try:
        value = message[name]
    except Exception:  # the header parser may raise anything on a malformed field
        value = dict(message.raw_items()).get(name) if hasattr(message, "raw_items") else None
    return one_line(str(value), limit=_FIELD_CHARACTERS) if value else None


def date(message: Any) -> str | None:
    return iso_date(field(message, "Date"))


def write(writer: Writer, message: Any, source: Source, *, within: str = "") -> bool:
    """Fields and body, then each attachment as a document of its own. `within` is the mail's anchor."""
    subject = field(message, "Subject")
    heading = (subject,) if subject else ()
    writer.mark(anchor=within or None, heading=heading)
    fields = [f"{name}: {value}" for name in _FIELDS if (value := field(message, name))]
    writer.write("\n".join(fields) + "\n\n")
    body = _body(message)
    if body is not None:
        _write_text(writer, body, heading, within)
    for number, part in enumerate(_others(message, body), 1):
        if writer.full or number > _PARTS:
            break
        name = one_line(_filename(part))
        if name is None and part.get_content_maintype() == "text":
            _write_text(writer, part, heading, within)
        elif name or part.get_content_type() == "message/rfc822":
            _write_attachment(writer, part, name or "forwarded.eml", source, heading, within)
    return not writer.full


def _body(message: Any) -> Any:
    try:
        return message.get_body(preferencelist=("plain", "html"))
    except Exception:  # multiparts that contradict themselves
        return None


def _others(message: Any, body: Any) -> list[Any]:
    """Leaves besides the body and its alternatives; a forwarded mail is one leaf."""
    waiting: list[Any] = [message]
    found: list[Any] = []
    while waiting and len(found) < _PARTS:
        part = waiting.pop(0)
        if not part.is_multipart():
            if part is not body:
                found.append(part)
        elif part.get_content_type() == "message/rfc822" and part is not message:
            found.append(part)
        else:
            children = [child for child in part.get_payload() if isinstance(child, EmailMessage)]
            chosen = part.get_content_type() == "multipart/alternative" and any(
                body is leaf for child in children for leaf in child.walk()
            )
            waiting.extend(child for child in children if not chosen or _filename(child))
    return found


def _filename(part: Any) -> str | None:
    try:
        return part.get_filename()  # type: ignore[no-any-return]
    except Exception:  # malformed parameters
        return None


def _write_text(writer: Writer, part: Any, heading: tuple[str, ...], within: str) -> None:
    data = part.get_payload(decode=True) or b""
    try:
        text = decode(data, declared=part.get_content_charset())
    except UnreadableKind:
        return
    if part.get_content_type() == "text/html":
        Page(text).write(writer, heading=heading, anchor=within or None)
        writer.mark(anchor=within or None, heading=heading)
    else:
        writer.write(text.strip() + "\n\n")


def _write_attachment(
    writer: Writer, part: Any, name: str, source: Source, heading: tuple[str, ...], within: str
) -> None:
    anchor = f"{within}, attachment {name}" if within else f"attachment {name}"
    try:
        document = reading.read_member(source, name, _bytes(part))
    except UnreadableKind:  # pictures and the like
        return
    except ExtractionFailed as error:
        writer.notes.append(f"{anchor}: {error}")
        return
    writer.insert(document, anchor=anchor, heading=heading)


def _bytes(part: Any) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return bytes(inner[0]) if isinstance(inner, list) and inner else b""
    return part.get_payload(decode=True) or b""
