"""What a mail says and what is attached to it: of several versions of one text the one that says most."""

from __future__ import annotations

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message

from indexer.formats.decoding import decode
from indexer.formats.html import Page, declared_in
from indexer.formats.mail import signed
from indexer.formats.mail.headers import filename, parse
from searcher.errors import UnreadableKind

_PARTS = 500  # of one mail
_DEPTH = 30  # multiparts in multiparts
_WORD = re.compile(r"\w{2,}")
_UNSAID = 0.25  # of the HTML's words that the plain text may lack and still stand for it
_ENCODED_LINES = re.compile(r"(?:[A-Za-z0-9+/=]*+[ \t]*+(?:\r?\n|\Z))*+")
_LINK = re.compile(r"https?://\S+")
TEXTS = ("text/plain", "text/html", "text/enriched")
SIGNED = ("application/pkcs7-mime", "application/x-pkcs7-mime")  # or encrypted
CALENDARS = ("text/calendar", "text/x-vcalendar", "application/ics")


@dataclass(slots=True)
class Choice:
    """One text in several versions."""

    plain: list[Message] = field(default_factory=list)
    html: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class Contents:
    choices: list[Choice] = field(default_factory=list)
    calendars: list[Message] = field(default_factory=list)
    attachments: list[Message] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def contents(message: Message) -> Contents:
    content = Contents()
    waiting: list[tuple[Message, Choice | None, int]] = [(message, None, 0)]
    seen = 0
    while waiting and seen < _PARTS:
        part, choice, depth = waiting.pop()
        seen += 1
        kind = part.get_content_type()
        if part.is_multipart() and kind.startswith("multipart/") and depth < _DEPTH:
            if kind == "multipart/encrypted":
                content.notes.append("its text is encrypted")
            elif kind == "multipart/alternative" and choice is None:
                choice = Choice()
                content.choices.append(choice)
            children = [child for child in part.get_payload() if isinstance(child, Message)]
            waiting.extend((child, choice, depth + 1) for child in reversed(children))
        elif kind in SIGNED and depth < _DEPTH and (inner := _signed(part)) is not None:
            waiting.append((inner, choice, depth + 1))
        elif kind in CALENDARS:
            content.calendars.append(part)
        elif kind in TEXTS and not _is_attached(part):
            _add(content, choice, part, kind)
        else:
            content.attachments.append(part)
    return content


def _signed(part: Message) -> Message | None:
    data = part.get_payload(decode=True)
    inner = signed.content(data) if isinstance(data, bytes) else None
    return parse(inner) if inner else None


def _add(content: Contents, choice: Choice | None, part: Message, kind: str) -> None:
    if choice is None:
        choice = Choice()
        content.choices.append(choice)
    (choice.html if kind == "text/html" else choice.plain).append(part)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or filename(part) is not None


def versions(choice: Choice) -> Iterator[str | Page]:
    plain = "\n\n".join(filter(None, (text_of(part).strip() for part in choice.plain)))
    yield from best(plain, [Page(text_of(part)) for part in choice.html])


def best(plain: str, pages: list[Page]) -> Iterator[str | Page]:
    """The texts to write: the plain one, the pages, or both where each says what the other does not."""
    if not pages or (plain and not _says_more(" ".join(page.words() for page in pages), plain)):
        if plain:
            yield plain
        return
    if plain and _says_more(plain, " ".join(page.words() for page in pages)) and len(plain) > 200:
        yield plain
    yield from pages


def _says_more(text: str, other: str) -> bool:
    """Whether a good part of the words of `text` are not in `other`."""
    words = Counter(_WORD.findall(_LINK.sub("", text).casefold()))
    others = set(_WORD.findall(other.casefold()))
    unsaid = sum(count for word, count in words.items() if word not in others)
    return unsaid > max(sum(words.values()) * _UNSAID, 2)


def _payload(part: Message) -> object:
    """A part's bytes; what a mailing list wrote behind encoded ones is not decoded with them."""
    raw = part.get_payload()
    if str(part.get("content-transfer-encoding", "")).strip().lower() == "base64" and isinstance(raw, str):
        encoded = _ENCODED_LINES.match(raw)
        end = encoded.end() if encoded else 0
        if 0 < end < len(raw):
            packed = "".join(raw[:end].split()).rstrip("=")
            with suppress(ValueError):
                return (
                    b64decode(packed + "=" * (-len(packed) % 4))
                    + b"\n"
                    + raw[end:].encode("utf-8", "surrogateescape")
                )
    return part.get_payload(decode=True)


def text_of(part: Message) -> str:
    """A part's text; empty where it holds none."""
    data = _payload(part)
    if not isinstance(data, bytes):
        return ""
    declared = part.get_content_charset()
    if declared is None and part.get_content_type() == "text/html":
        declared = declared_in(data)
    try:
        return decode(data, declared=declared)
    except UnreadableKind:
        return ""
