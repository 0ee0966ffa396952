"""HTML by selectolax: the readable text, without navigation and scripts; headings and tables kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.formats.dates import iso_date
from indexer.formats.decoding import decode
from indexer.formats.headings import Outline
from indexer.formats.source import Source
from indexer.formats.tables import write_table
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_CHARSET = re.compile(
    rb"""(?i)<meta[^>]{0,200}charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]*encoding=["']([\w.:-]+)"""
)
_DEEPEST = 50  # levels of a formula
_SIGNS = frozenset({"mi", "mo", "mn", "mtext"})  # of a formula; they hold text alone
_BETWEEN = {"mfrac": "/", "msup": "^", "msub": "_"}
_UNREAD = (
    "rt, rp, en-crypt, script, style, template, noscript, canvas, iframe, object, select, button, datalist"
)
_FRAME = (
    "nav, aside:not([role=doc-footnote]):not([role=note]), body > header, body > footer, [role=navigation], "
    "[role=banner], [role=contentinfo], [hidden]"
)
_BLOCKS = frozenset(
    re.split(
        r"\s+",
        "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure "
        "footer "
        "form header hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul",
    )
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_MAIN_SHARE = 0.4  # of the page's text that <main> or <article> must hold to stand for the page
_DATES = "meta[property='article:published_time'], meta[name=date], meta[name='dcterms.date'], time[datetime]"
_VOID = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_SELF_CLOSED = re.compile(rf"<(?!(?:{_VOID})\b)([A-Za-z][\w:-]*)((?:\s[^<>]*)?)/>", re.I)  # XML, not HTML


def read(source: Source) -> Document:
    writer = Writer(source)
    page = Page(decode(source.data, declared=declared_in(source.data)))
    page.write(writer, pictures=True)
    return writer.document(
        "html", title=page.title, date=page.date, tags=page.tags, empty="no readable text in it"
    )


def declared_in(data: bytes) -> str | None:
    """The encoding that a page names for itself."""
    match = _CHARSET.search(data[:4096])
    return (match[1] or match[2]).decode("ascii") if match else None


class Page:
    """A parsed page: its title and date, and its readable text for any writer."""

    def __init__(self, text: str, *, framed: bool = True) -> None:
        """`framed`: the page has navigation and the like around its text, as pages of the web do."""
        from selectolax.lexbor import LexborHTMLParser

        if "/>" in text and (not framed or text.lstrip()[:5] == "<?xml"):
            text = _SELF_CLOSED.sub(r"<\1\2></\1>", text)
        self._tree: Any = LexborHTMLParser(text)
        title = self._tree.css_first("head > title")
        self._own_title = one_line(title.text()) if title else None
        self._first_heading: str | None = None
        self._framed = framed
        for node in self._tree.css(_UNREAD):
            node.decompose()
        for node in self._tree.css("svg"):
            labels = (label.text(separator=" ") for label in node.css("text, title, desc"))
            node.replace_with(f" {' '.join(labels)} ")
        for node in self._tree.css("math"):
            node.replace_with(f" {_formula(node)} ")

    @property
    def title(self) -> str | None:
        """The <title>, else the first heading that was written."""
        return self._own_title or self._first_heading

    def words(self) -> str:
        """All of its text, in no particular layout."""
        body = self._tree.body
        return str(body.text(separator=" ")) if body is not None else ""

    @property
    def date(self) -> str | None:
        node = self._tree.css_first(_DATES)
        return iso_date(node.attributes.get("content") or node.attributes.get("datetime")) if node else None

    @property
    def tags(self) -> tuple[str, ...]:
        node = self._tree.css_first("meta[name=keywords]")
        words = (node.attributes.get("content") or "") if node else ""
        return tuple(filter(None, (one_line(word) for word in words.split(",")[:50])))

    def write(
        self,
        writer: Writer,
        *,
        heading: tuple[str, ...] = (),
        anchor: str | None = None,
        pictures: bool = False,
    ) -> bool:
        """The text, with headings below `heading`; `pictures`, also where those are that it names. False once
        the writer is full."""
        root = self._readable()
        if root is None:
            return True
        outline = Outline()
        if heading or anchor:
            writer.mark(heading=heading, anchor=anchor)
        line = _Line(writer)
        has_pre = self._tree.css_first("pre") is not None
        for node, entering in _walk(root):
            tag = node.tag
            if tag == "-text":
                line.add(node.text_content or "", keep=has_pre and _within(node, "pre"))
            elif tag == "br" and entering:
                line.end()
            elif tag == "img":
                described = node.attributes.get("alt") or ""
                if " " in described.strip():  # one word is a logo's or an icon's
                    line.add(f" {described} ")
                address = node.attributes.get("src") or ""
                if pictures and address[:1] != "#":
                    line.pictures.append((address, described))
            elif tag in _HEADINGS:
                line.end(blank=True)
                title = one_line(node.text()) if entering else None
                if title:
                    self._first_heading = self._first_heading or title
                    writer.mark(heading=heading + outline.enter(_HEADINGS[tag], title), anchor=anchor)
            elif tag == "table" and entering and _is_data(node):
                line.end(blank=True)
                if (caption := node.css_first("caption")) is not None:
                    line.add(caption.text(separator=" "))
                    line.end()
                write_table(writer, _rows(node), heading=heading + outline.path, anchor=anchor)
            elif tag in _BLOCKS:
                line.end(blank=tag not in ("li", "tr", "td", "th", "dt", "dd"))
                if tag == "li" and entering:
                    line.add("- ")
            if writer.full:
                return False
        line.end(blank=True)
        return not writer.full

    def _readable(self) -> Any:
        body = self._tree.body
        if body is None:
            return None
        if not self._framed:
            return body
        whole = len(body.text())
        for selector in ("main", "[role=main]", "article"):
            elements = self._tree.css(selector)
            if len(elements) == 1 and len(elements[0].text()) >= whole * _MAIN_SHARE:
                return elements[0]
        if whole:
            for node in body.css(_FRAME):
                node.decompose()
            if not body.text().strip():  # all of it was a frame: better that than nothing
                return None
        return body


class _Line:
    """White space as a browser collapses it; blocks end a line or a paragraph."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._parts: list[str] = []
        self.pictures: list[tuple[str, str]] = []  # that stand in the line
        self._blank = True  # the text so far ends with an empty line

    def add(self, text: str, *, keep: bool = False) -> None:
        if keep:
            self._parts.append(text)
        elif text:
            collapsed = _collapsed(text)
            if not self._parts or self._parts[-1].endswith(" "):
                collapsed = collapsed.lstrip(" ")
            if collapsed:
                self._parts.append(collapsed)

    def end(self, *, blank: bool = False) -> None:
        text = "".join(self._parts).strip(" \n")
        self._parts.clear()
        if text and text != "-":
            self._writer.write(text + "\n")
            self._blank = False
        for address, description in self.pictures:
            self._writer.picture(address, one_line(description) or "")
        self.pictures.clear()
        if blank and not self._blank:
            self._writer.write("\n")
            self._blank = True


def _collapsed(text: str) -> str:
    """Each stretch of white space as one space; quicker than a pattern on the short texts of a page."""
    words = " ".join(text.split())
    if not words:
        return " "
    return (" " if text[0].isspace() else "") + words + (" " if text[-1].isspace() else "")


def _walk(root: Any) -> Iterator[tuple[Any, bool]]:
    """Each node as it begins (True) and each element as it ends (False). Data tables are not entered.

    A loop, not a recursion: pages nest as deep as they like."""
    node, depth = root, 0
    while True:
        yield node, True
        child = None if node.tag == "table" and _is_data(node) else node.child
        if child is not None:
            node, depth = child, depth + 1
            continue
        while depth:
            following = node.next
            if following is not None:
                break
            node, depth = node.parent, depth - 1
            yield node, False
        else:
            return
        node = following


def _formula(node: Any) -> str:
    """As its author wrote it in TeX, where that is kept; else its signs in a row."""
    note = node.css_first("annotation")
    return " ".join(note.text().split()) if note is not None else _in_a_row(node)


def _in_a_row(node: Any, depth: int = 0) -> str:
    """`a^2/(b+c)`."""
    tag = node.tag
    if tag == "-text":
        return "".join((node.text_content or "").split())
    if tag in _SIGNS or depth > _DEEPEST:
        return "".join(node.text().split())
    parts = []
    child = node.child
    while child is not None:
        if part := _in_a_row(child, depth + 1):
            parts.append(part)
        child = child.next
    sign = _BETWEEN.get(tag)
    if sign is None:
        return f"\u221a({''.join(parts)})" if tag == "msqrt" else "".join(parts)
    return sign.join(f"({part})" if len(part) > 1 and sign != "_" else part for part in parts)


def _within(node: Any, tag: str, reach: int = 4) -> bool:
    for _ in range(reach):
        node = node.parent
        if node is None:
            return False
        if node.tag == tag:
            return True
    return False


def _is_data(table: Any) -> bool:
    """A table of values, not one that lays out the page."""
    return table.css_first("table table, h1, h2, h3, pre, ul, p + p") is None


def _rows(table: Any) -> Iterator[list[str]]:
    for row in table.css("tr"):
        yield [" ".join(cell.text(separator=" ").split()) for cell in row.css("th, td")]
