"""Building a document whose text is made rather than the file's own: pages, slides, mails."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from indexer.formats.source import Source
from searcher.errors import ExtractionFailed
from searcher.records import Document, Mark

_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\ufeff\ufffe\uffff]")
_PICTURES = 200  # of one document
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Without NUL, control characters, soft hyphens and byte order marks; lone surrogates become U+FFFD."""
    if text.replace("\n", "").isprintable():  # nearly every text; none of what is unwanted is printable
        return text
    text = _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n"))
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def one_line(text: str | None, *, limit: int = 300) -> str | None:
    """A title or heading as one clean line, or None when nothing is left of it."""
    joined = " ".join(clean(text).split()) if text else ""
    return joined[:limit] or None


def own_page(number: int) -> str:
    """The address of a picture that is a page of the document itself."""
    return f"#page={number}"


@dataclass(slots=True)
class Writer:
    """Collects text and the addresses of its stretches, until it is too much or takes too long."""

    source: Source
    notes: list[str] = field(default_factory=list)
    full: bool = False
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _marks: list[Mark] = field(default_factory=list)
    _pictures: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def length(self) -> int:
        return self._length

    def mark(
        self,
        *,
        page: int | None = None,
        heading: tuple[str, ...] = (),
        anchor: str | None = None,
        table_header: str | None = None,
        language: str | None = None,
    ) -> None:
        """What is written from here on has this address."""
        self._put(Mark(self._length, page, heading, anchor, table_header, language=language))

    def picture(self, address: str, description: str) -> None:
        """What is written so far is followed by a picture that lies elsewhere."""
        if len(self._pictures) < _PICTURES:
            self._pictures.append((self._length, address, description))

    def _put(self, mark: Mark) -> None:
        while self._marks and self._marks[-1].start == mark.start:
            self._marks.pop()  # nothing was written under the earlier one
        self._marks.append(mark)

    def write(self, text: str) -> bool:
        """Append cleaned text. False once the document is full."""
        if self.full:
            return False
        text = clean(text)
        limits = self.source.limits
        if len(text) > limits.characters - self._length:
            text = text[: limits.characters - self._length]
            self._stop(f"only the first {limits.characters:,} characters were read")
        elif self.source.budget.late:
            self._stop(
                f"only its beginning was read: it takes more than {limits.seconds:g} s (extract_seconds)"
            )
        self._parts.append(text)
        self._length += len(text)
        return not self.full

    def _stop(self, note: str) -> None:
        self.full = True
        self.notes.append(note)

    def insert(self, document: Document, *, anchor: str, heading: tuple[str, ...] = ()) -> bool:
        """Append a whole document; its own addresses follow `anchor` and `heading`."""
        self.mark(anchor=anchor, heading=heading)
        base = self._length
        going_on = self.write(document.text)
        for mark in document.marks:
            if base + mark.start < self._length:
                within = f"{anchor}, {mark.anchor}" if mark.anchor else anchor
                self._put(
                    replace(mark, start=base + mark.start, anchor=within, heading=heading + mark.heading)
                )
        self.notes.extend(f"{anchor}: {note}" for note in document.notes)
        return going_on and self.write("\n\n")

    def document(
        self,
        kind: str,
        *,
        title: str | None = None,
        date: str | None = None,
        tags: tuple[str, ...] = (),
        language: str | None = None,
        empty: str = "no text in it",
    ) -> Document:
        """What was written. Raises ExtractionFailed with the reason `empty` when it is blank."""
        text = "".join(self._parts)
        if not text.strip():
            raise ExtractionFailed(empty)
        return Document(
            text,
            kind,
            title=one_line(title),
            marks=tuple(mark for mark in self._marks if mark.start < len(text)),
            has_lines=False,
            language=language,
            date=date,
            tags=tags,
            notes=tuple(self.notes),
            pictures=tuple(self._pictures),
        )
