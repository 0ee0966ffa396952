"""Articles of journals in JATS (.nxml): title, abstract, sections, tables, notes and references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.headings import Outline
from indexer.formats.source import Source
from indexer.formats.tables import write_table
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed
from searcher.records import Document

_NESTED = frozenset({"sec", "app", "app-group", "ack", "boxed-text", "fn-group", "glossary", "notes"})
_NAMED = {"ack": "Acknowledgements", "fn-group": "Notes", "abstract": "Abstract", "ref-list": "References"}
_UNSAID = frozenset({"tex-math", "annotation", "object-id", "label"})
_DEEPEST = 30


def read(source: Source) -> Document:
    root, damage = xml.mended(source.data, "the article")
    if root is None or xml.local(root) not in ("article", "pmc-articleset"):
        raise ExtractionFailed(damage or "damaged: there is no article in it")
    writer = Writer(source, notes=[damage] if damage else [])
    titles, dates, tags = [], [], []
    articles = [root] if xml.local(root) == "article" else [e for e in root if xml.local(e) == "article"]
    for article in articles:
        meta = _first(article, "article-meta")
        title = one_line(_text(_first(meta, "article-title")))
        titles.append(title)
        dates.append(_date(meta))
        tags += [word for e in _all(meta, "kwd") if (word := one_line(_text(e)))]
        _write(writer, article, meta, title)
    alone = len(titles) == 1
    return writer.document(
        "jats",
        title=titles[0] if alone else None,
        date=dates[0] if alone else None,
        tags=tuple(dict.fromkeys("-".join(tag.split()) for tag in tags)),
    )


def _write(writer: Writer, article: Any, meta: Any, title: str | None) -> None:
    outline = Outline()
    if title:
        writer.mark(heading=outline.enter(1, title))
        writer.write(title + "\n\n")
    names = [_name(e) for e in _all(meta, "contrib") if e.get("contrib-type", "author") == "author"]
    if any(names):
        writer.write(", ".join(filter(None, names)) + "\n\n")
    for part in (
        *_all(meta, "abstract"),
        *(e for e in article if xml.local(e) in ("body", "back", "floats-group")),
    ):
        if xml.local(part) == "abstract":
            writer.mark(heading=outline.enter(2, one_line(_text(_child(part, "title"))) or "Abstract"))
        _section(writer, part, outline, 1 + (xml.local(part) == "abstract"))


def _section(writer: Writer, section: Any, outline: Outline, level: int) -> None:
    for child in section:
        name = xml.local(child)
        if writer.full or level > _DEEPEST:
            return
        if name in _NESTED or name == "ref-list":
            title = one_line(_text(_child(child, "title"))) or _NAMED.get(name)
            if title:
                writer.mark(heading=outline.enter(level + 1, title))
                writer.write(title + "\n\n")
            if name == "ref-list":
                _references(writer, child)
            else:
                _section(writer, child, outline, level + 1)
        elif name == "table-wrap":
            _table(writer, child, outline)
        elif name in ("list", "def-list", "disp-quote", "fig-group"):
            _section(writer, child, outline, level)
        elif name and name not in ("title", "label", "sec-meta") and (text := _text(child)):
            writer.write(("- " if name == "list-item" else "") + text + "\n\n")


def _references(writer: Writer, references: Any) -> None:
    lines = [_reference(entry) for entry in _all(references, "ref")]
    writer.write("\n".join(filter(None, lines)) + "\n\n")


def _reference(entry: Any) -> str:
    """As it is printed, or its fields in order where only those are there."""
    label, cited = _text(_child(entry, "label"), all=True), [e for e in entry if xml.local(e) != "label"]
    printed = (cited[0].text or "").strip() if cited else ""
    separator = "" if printed or any((e.tail or "").strip() for c in cited for e in c) else " "
    return " ".join(filter(None, (label, *(_text(c, all=True, separator=separator) for c in cited))))


def _table(writer: Writer, table: Any, outline: Outline) -> None:
    caption = " ".join(filter(None, (_text(_child(table, n), all=True) for n in ("label", "caption"))))
    if caption:
        writer.write(caption + "\n\n")
    rows = ([_text(cell) for cell in row if xml.local(cell) in ("td", "th")] for row in _all(table, "tr"))
    write_table(writer, rows, heading=outline.path)


def _date(meta: Any) -> str | None:
    found = []
    for element in _all(meta, "pub-date"):
        day = {xml.local(e): (e.text or "").strip() for e in element}
        if date := iso_date(f"{day.get('year', '')}-{day.get('month', '1'):0>2}-{day.get('day', '1'):0>2}"):
            found.append(date)
    return min(found, default=None)


def _name(contributor: Any) -> str:
    parts = (_text(_first(contributor, name)) for name in ("given-names", "surname"))
    return " ".join(filter(None, parts)) or _text(_first(contributor, "collab"))


def _text(element: Any, *, all: bool = False, separator: str = "") -> str:
    """Its words in one line; `all`: with labels and numbers."""
    if element is None:
        return ""
    unsaid = frozenset({"object-id"}) if all else _UNSAID
    return " ".join(separator.join(_pieces(element, unsaid)).split())


def _pieces(element: Any, unsaid: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        name = xml.local(child)
        if name and name not in unsaid:
            if name in ("p", "title", "break", "list-item", "fn"):
                yield " "
            yield from _pieces(child, unsaid)
        yield child.tail or ""


def _child(element: Any, name: str) -> Any:
    return next((e for e in element if xml.local(e) == name), None) if element is not None else None


def _first(element: Any, name: str) -> Any:
    return next(iter(_all(element, name)), None)


def _all(element: Any, name: str) -> Iterator[Any]:
    return xml.named(element, name)
