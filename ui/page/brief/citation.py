"""Passages as other people may quote them: Markdown and CSV."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from ui.page import quote, wording
from ui.page.memory import Quotation
from ui.page.strings import Words

_FORMULA = ("=", "+", "-", "@")


def citation(passage: str, title: str, path: str, where: str) -> str:
    """A passage as a Markdown quotation that names its source."""
    quoted = (
        "\n".join(f"> {line}".rstrip() for line in passage.strip().split("\n")) if passage.strip() else ""
    )
    source = ", ".join(part for part in (title, path, where) if part)
    return f"{quoted}\n>\n> — {source}" if quoted else source


def markdown(items: Iterable[Quotation], w: Words, *, title: str, base: str) -> str:
    """The brief: numbered passages with notes, each with a link that opens its spot in the app at `base`."""
    parts = [f"# {title}"]
    for number, item in enumerate(items, 1):
        source = citation(item.passage, item.title, item.path, wording.quoted(item, w))
        said = [f"## {number}. {_line(item.title)}", item.note.strip(), source, f"<{link(item, base)}>"]
        parts.append("\n\n".join(filter(None, said)))
    return "\n\n".join(parts) + "\n"


def table(items: Iterable[Quotation], w: Words, *, base: str) -> str:
    """The brief as CSV; a cell that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["title", "path", "where", "passage", "note", "query", "added", "link"])
    for item in items:
        where = wording.quoted(item, w)
        row = [item.title, item.path, where, item.passage, item.note, item.query, item.added]
        writer.writerow([_cell(value) for value in (*row, link(item, base))])
    return out.getvalue()


def link(item: Quotation, base: str) -> str:
    """Address that reopens the exact spot, with what finds the passage again wherever it stands now."""
    values = {"q": item.query, "doc": item.path, "at": item.at, "cite": quote.mark(item.passage)}
    return f"{base.rstrip('/')}/?{urlencode(values, quote_via=percent_encoded)}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    """Full-width signs count as well, and what white space or nothing to be seen is before a sign."""
    first = next((letter for letter in text if not _is_unseen(letter)), "")
    begins = unicodedata.normalize("NFKC", first)[:1]
    return f"'{text}" if begins in _FORMULA or text[:1] in ("\t", "\r", "\n") else text


def _is_unseen(letter: str) -> bool:
    """White space, and controls and marks of format."""
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf")
