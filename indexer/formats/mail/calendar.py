"""Calendars and address cards (.ics, .vcf): each entry as lines a person would write."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.formats.dates import iso_date
from indexer.formats.decoding import decode
from indexer.formats.html import Page
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed
from searcher.records import Document

_SOFT = re.compile(r"=\r?\n[ \t]?")
_ESCAPED = re.compile(r"\\([nN,;:\\])")
_ENTRIES = ("VEVENT", "VTODO", "VJOURNAL", "VCARD")
_SHOWN = {
    "DTSTART": "When", "DTEND": "Until", "DUE": "Due", "LOCATION": "Where", "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee", "CATEGORIES": "Categories", "CATEGORY": "Categories", "ORG": "Organisation",
    "TITLE": "Position", "ROLE": "Role", "TEL": "Phone", "EMAIL": "Mail", "ADR": "Address",
    "URL": "Link", "NICKNAME": "Nickname", "NOTE": "Note", "RRULE": "Repeats", "STATUS": "Status",
    "IMPP": "Chat", "ANNIVERSARY": "Anniversary", "RELATED": "Related", "BDAY": "Birthday",
    "CONTACT": "Contact", "RESOURCES": "Resources", "ATTACH": "Attached", "CONFERENCE": "Link",
    "LABEL": "Address", "HOBBY": "Hobby", "INTEREST": "Interest", "EXPERTISE": "Expertise",
    "X-ABRELATEDNAMES": "Related", "X-SPOUSE": "Related", "X-ABLABEL": "Label", "X-ABDATE": "Date",
    "X-SOCIALPROFILE": "Profile", "X-PHONETIC-FIRST-NAME": "Read as", "X-PHONETIC-LAST-NAME": "Read as",
    "SORT-STRING": "Read as",
    **dict.fromkeys(("X-SKYPE", "X-JABBER", "X-AIM", "X-ICQ", "X-MSN", "X-QQ", "X-GTALK", "X-YAHOO"), "Chat"),
}  # fmt: skip
_BARE = ("DESCRIPTION", "COMMENT")  # said without a name before it
_PAGE = "X-ALT-DESC"  # the description as HTML
_BY_PROGRAM = "_$!<"  # begins a label that Apple translates
_PEOPLE = ("ORGANIZER", "ATTENDEE")
_NAMES = "|".join(("BEGIN", "END", "SUMMARY", "FN", "N", _PAGE, *_BARE, *_SHOWN))
_CONTENT_LINE = rf"\n(?:[\w-]++\.)?({_NAMES})((?:;(?:\"[^\"\n]*\"|[^\":;\n])*)*):(.*)"
_LINE, _LINE_IN_ANY_CASE = re.compile(_CONTENT_LINE), re.compile(_CONTENT_LINE, re.I)
_SMALL_LETTER = re.compile(
    r"\n(?:item\d+\.)?[A-Z-]*+[a-z]"
)  # at a line's beginning, for which few files have one
_FIRST = re.compile("\nBEGIN:(?:VEVENT|VTODO|VJOURNAL|VCARD)", re.I)
_MOMENT = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d))?")
_CALLED = re.compile(r"CN=(\"[^\"]*\"|[^;:]*)", re.I)
_MOST = 200  # lines of one entry


@dataclass(slots=True)
class Entry:
    kind: str
    name: str = ""
    date: str | None = None
    lines: list[str] = field(default_factory=list)
    is_described: bool = False
    page: str = ""  # HTML

    @property
    def text(self) -> str:
        page = Page(self.page).words() if self.page and not self.is_described else ""
        return "\n".join(filter(None, [self.name, *self.lines, " ".join(page.split())]))


def read(source: Source) -> Document:
    whole = decode(source.data)
    writer = Writer(source)
    kind = "ics"
    names: list[str] = []
    dates: list[str | None] = []
    for number, entry in enumerate(entries(whole), 1):
        text = entry.text
        if not text:
            continue
        kind = "vcf" if entry.kind == "VCARD" else kind
        names.append(entry.name)
        dates.append(entry.date)
        writer.mark(anchor=f"entry {number}", heading=(entry.name,) if entry.name else ())
        if not writer.write(text + "\n\n"):
            break
    if not names:
        raise ExtractionFailed("no appointment, task or address in it")
    alone = len(names) == 1
    name = None if alone else re.search(r"^X-WR-CALNAME[^:\n]*:(.+)$", whole, re.M)
    title = names[0] if alone else (one_line(name[1]) if name else None)
    return writer.document(kind, title=title or None, date=dates[0] if alone else None)


def described(text: str) -> str:
    """The entries of a calendar that came with a mail, as text."""
    return "\n\n".join(filter(None, (entry.text for entry in entries(text))))


def entries(text: str) -> Iterator[Entry]:
    """Appointments, tasks, notes and cards in their order; alarms and time zones inside them are left out."""
    entry: Entry | None = None
    inner = 0
    lines = _unfolded(text)
    first = _FIRST.search(lines)
    if first is None:
        return
    pattern = _LINE_IN_ANY_CASE if _SMALL_LETTER.search(lines, first.start()) else _LINE
    for name, parameters, value in pattern.findall(lines, first.start()):
        name = name.upper()
        if name == "BEGIN":
            if entry is None and value.strip().upper() in _ENTRIES:
                entry, inner = Entry(value.strip().upper()), 0
            elif entry is not None:
                inner += 1
        elif name == "END":
            if entry is not None and inner == 0:
                yield entry
                entry = None
            inner = max(inner - 1, 0)
        elif entry is not None and inner == 0 and len(entry.lines) < _MOST:
            _add(entry, name, parameters, _value(value, parameters))
    if entry is not None:
        yield entry


def _unfolded(text: str) -> str:
    """Whole content lines, with a line end before each; quoted-printable values of old cards go on after a
    soft line end."""
    if "QUOTED-PRINTABLE" in text or "quoted-printable" in text:
        text = _SOFT.sub("", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    return "\n" + text


def _value(raw: str, parameters: str) -> str:
    if parameters and "QUOTED-PRINTABLE" in parameters.upper():
        charset = re.search(r"CHARSET=\"?([\w-]+)", parameters, re.I)
        data = quopri.decodestring(raw.encode("latin-1", "replace"))
        raw = decode(data, declared=charset[1] if charset else None)
    if "\\" in raw:
        raw = _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], raw)
    return raw.strip()


def _add(entry: Entry, name: str, parameters: str, value: str) -> None:
    if not value or value.startswith(("data:", _BY_PROGRAM)):
        return
    if parameters and "ENCODING=B" in parameters.upper():
        return
    if name in ("SUMMARY", "FN"):
        entry.name = one_line(value) or ""
    elif name == "N" and not entry.name:
        family, given, *_ = [*value.split(";"), "", ""]
        entry.name = one_line(f"{given} {family}") or ""
    elif name == _PAGE:
        entry.page = value
    elif name in _BARE:
        entry.is_described = entry.is_described or name == "DESCRIPTION"
        entry.lines.append(value)
    elif name in _SHOWN:
        if name == "DTSTART" or name == "DUE":
            entry.date = entry.date or iso_date(value)
        entry.lines.append(f"{_SHOWN[name]}: {_shown(name, parameters, value)}")


def _shown(name: str, parameters: str, value: str) -> str:
    if name in ("DTSTART", "DTEND", "DUE", "BDAY", "ANNIVERSARY", "X-ABDATE"):
        moment = _MOMENT.match(value)
        if moment:
            clock = f" {moment[4]}:{moment[5]}" if moment[4] else ""
            return f"{moment[1]}-{moment[2]}-{moment[3]}{clock}"
        return value
    if name in _PEOPLE:
        called = _CALLED.search(parameters)
        address = value[7:] if value[:7].lower() == "mailto:" else value
        return f"{called[1].strip(chr(34))} <{address}>" if called and called[1] else address
    parts = [" ".join(part.split()) for part in value.split(";")] if name in ("ADR", "ORG") else [value]
    return ", ".join(filter(None, parts))
