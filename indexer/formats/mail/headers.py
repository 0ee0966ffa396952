"""Mails of a file, and their header fields as text, whatever they are encoded in."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from urllib.parse import unquote_to_bytes

from indexer.formats import charsets
from indexer.formats.dates import iso_date
from indexer.formats.decoding import decode
from indexer.formats.writing import one_line
from searcher.errors import UnreadableKind

FIELDS = ("From", "To", "Cc", "Date", "Subject")
_CHARACTERS = 1_000  # of a field that are kept
_READ = 100_000  # of a field that are looked at
_BEGIN = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\r?\n(?=[!-9;-~]+:)")
_ENCODED = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?))?")
_LENGTH = re.compile(rb"\s*(\d{1,10})[ \t]*\r?\n")
_EXTENDED = re.compile(r"([\w.-]*)'[\w-]*'(.*)", re.S)


def parse(data: bytes) -> Message:
    """The mail as its parts; header fields stay as they are until `field` is asked for one."""
    import email
    import email.policy

    return email.message_from_bytes(data, policy=email.policy.compat32)


def parsed(data: bytes) -> Message:
    """A file's mail, also as Apple Mail keeps it: its length before it, a property list behind."""
    if match := _LENGTH.match(data):
        return parse(data[match.end() : match.end() + int(match[1])])
    return parse(data.lstrip(b"\r\n") if data[:1] in b"\r\n" else data)


def mails(data: bytes) -> Iterator[bytes]:
    """Each mail's bytes, without the line that begins it."""
    end_of_last = None
    for begin in _BEGIN.finditer(data):
        if end_of_last is not None:
            yield data[end_of_last : begin.start()]
        end_of_last = begin.end()
    if end_of_last is not None:
        yield data[end_of_last:]


def field(message: Message, name: str) -> str | None:
    """A header field as one decoded line; None when it is missing."""
    raw = next((value for key, value in message._headers if key.lower() == name.lower()), None)  # type: ignore[attr-defined]
    return one_line(decoded(str(raw)), limit=_CHARACTERS) if raw else None


def date(message: Message) -> str | None:
    return iso_date(field(message, "Date"))


def filename(part: Message) -> str | None:
    """The name an attachment has, by any of the ways to write it; None for a part without one."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = part.get_param(parameter, None, header)
        except Exception:  # malformed parameters
            continue
        if isinstance(value, tuple):  # (charset, language, bytes as text)
            charset, _, text = value
            value = _text_of(text.encode("latin-1", "replace"), charset or "utf-8")
        if value:
            match = _EXTENDED.fullmatch(value) if "%" in value else None
            text = _text_of(unquote_to_bytes(match[2]), match[1]) if match else decoded(value)
            return one_line(text.replace("\0", "").rpartition("/")[2].rpartition("\\")[2])
    return None


def decoded(raw: str) -> str:
    """Encoded words as text; neighbours in one encoding are joined before, since they divide characters."""
    raw = raw[:_READ]
    if "=?" not in raw:
        return _eight_bit(raw)
    parts: list[str] = []
    at = 0
    waiting, encoding = b"", ""
    for word in _ENCODED.finditer(raw):
        if waiting and (word.start() > at or word[1].lower() != encoding):
            parts.append(_text_of(waiting, encoding))
            waiting = b""
        parts.append(_eight_bit(raw[at : word.start()]))
        waiting, encoding = waiting + _bytes_of(word[2].lower(), word[3]), word[1].lower()
        at = word.end()
    parts.append(_text_of(waiting, encoding))
    parts.append(_eight_bit(raw[at:]))
    return "".join(parts)


def _bytes_of(way: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if way == "q":
        return quopri.decodestring(raw, header=True)
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except (binascii.Error, ValueError):
        return base64.b64decode(
            re.sub(rb"[^A-Za-z0-9+/]", b"", raw)[: len(raw) // 4 * 4] + b"==", validate=False
        )


def _text_of(data: bytes, encoding: str) -> str:
    if not data:
        return ""
    if encoding.lower() in ("utf-8", "utf8"):
        return data.decode("utf-8", "replace")
    is_narrow = (charsets.family(encoding) or "").startswith(("cp125", "iso8859"))
    text = _utf8(data) if is_narrow and not data.isascii() else None  # which some programs call so
    text = charsets.decoded(data, encoding) if text is None else text
    if text is not None:
        return text
    try:
        return decode(data)
    except UnreadableKind:
        return data.decode("latin-1")


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _eight_bit(raw: str) -> str:
    """Bytes beyond ASCII that stand in the field as they are."""
    if raw.isascii():
        return raw
    try:
        return decode(raw.encode("utf-8", "surrogateescape"))
    except UnreadableKind:
        return raw.encode("utf-8", "replace").decode()
