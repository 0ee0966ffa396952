"""Markdown: the file's own text, headings as marks, front matter as fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from indexer.formats.dates import iso_date
from indexer.formats.headings import heading_marks
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document

_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(.*?)^\1[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*(`{3,}|~{3,})([^`]*)$")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]|[ \t]*>")
_HIDDEN = (("<!--", "-->"), ("<pre", "</pre>"), ("<script", "</script>"), ("<style", "</style>"))
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_INLINE = re.compile(
    r"!?\[\[(?:[^\[\]|]*\|)?(?P<wiki>[^\[\]|]+)\]\]|!?\[(?P<link>[^\]]*)\]\([^)]*\)|[`*]+|(?<!\w)_+|_+(?!\w)"
)
_CODE = re.compile(r"`[^`\n]*`")
_TAG = re.compile(r"(?<!\S)#((?=[\w/-]*[^\W\d])\w[\w/-]*)(?=[\s.,;:!?)]|\Z)")
_MOST_TAGS = 100
_MOST_NAMES = 30
_NOT_A_HEADING = re.compile(r"\s*(?:$|[>|#]|[-*+][ \t]|\d+[.)][ \t])")


def read(source: Source) -> Document:
    text, notes = own_text(source)
    front, body = _front_matter(text)
    lines = list(_spoken(text, body))
    headings = list(_headings(lines))
    first = next((title for _, level, title in headings if level == 1), None)
    return Document(
        text,
        "md",
        title=one_line(_text(front.get("title"))) or first,
        marks=heading_marks(headings),
        date=iso_date(front.get("date")) or iso_date(front.get("created")),
        tags=tuple(
            dict.fromkeys((*_tags(front.get("tags") or front.get("keywords")), *_written_tags(lines)))
        ),
        names=_names(front.get("aliases") or front.get("alias")),
        notes=notes,
    )


def _front_matter(text: str) -> tuple[dict[str, object], int]:
    """The fields above the text and where the text begins. Broken front matter has no fields."""
    match = _FRONT.match(text)
    if not match:
        return {}, 0
    values = _toml(match[2]) if match[1] == "+++" else _yaml(match[2])
    if not isinstance(values, dict):
        return {}, match.end()
    return {str(key).lower(): value for key, value in values.items()}, match.end()


def _toml(text: str) -> object:
    import tomllib

    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return None


def _yaml(text: str) -> object:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, (str, int, float)) else None


def _names(value: object) -> tuple[str, ...]:
    """Other titles of a note, as note programs write them: a list, or one line with commas."""
    listed = value if isinstance(value, list) else str(value or "").split(",")
    cleaned = (one_line(_text(item)) for item in listed[:_MOST_NAMES])
    return tuple(dict.fromkeys(name for name in cleaned if name))


def _tags(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = re.split(r"[,;]" if re.search("[,;]", value) else r"\s+", value)
    if not isinstance(value, list):
        return ()
    cleaned = (one_line(_text(item)) for item in value[:_MOST_TAGS])
    return tuple(tag.lstrip("#") for tag in cleaned if tag)


def _written_tags(lines: Iterable[tuple[int, str]]) -> Iterator[str]:
    """`#tag` and `#tag/below` in the text, as note programs write them; not in code."""
    spoken = (_CODE.sub(" ", line) for _, line in lines if "#" in line)
    tags = (match[1].rstrip("/") for line in spoken for match in _TAG.finditer(line))
    return islice(dict.fromkeys(tags), _MOST_TAGS)


def _spoken(text: str, start: int) -> Iterator[tuple[int, str]]:
    """Start and text of each line; those of fenced code, of comments and of HTML blocks are empty."""
    fence = hidden = ""
    in_list = False
    for raw in text[start:].split("\n"):
        at, start = start, start + len(raw) + 1
        line = raw.rstrip("\r")
        if hidden:
            hidden = "" if hidden in line else hidden
            yield at, ""
            continue
        first = line.lstrip()[:1]
        if first == "<" and not fence and (hidden := _opened(line)):
            yield at, ""
            continue
        begins = (first in "-*+>" or first.isdigit()) and first != "" and _ITEM.match(line)
        in_list = bool(begins) or (in_list and (not first or line[0] in " \t"))
        if fence:
            closing = line.strip(" \t>")
            if closing.startswith(fence) and not closing.strip(fence[0]):
                fence = ""
            yield at, ""
            continue
        opening = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if opening and (in_list or not line.startswith(("    ", "\t"))):
            fence, line = opening[1], ""
        yield at, line


def _headings(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Start, level and title of each heading."""
    before, before_start = "", 0
    for start, line in lines:
        first = line.lstrip()[:1]
        if first == "#" and (heading := _ATX.match(line)):
            yield from _titled(start, len(heading[1]), heading[2])
            before = ""
        elif before and first in ("=", "-") and (under := _SETEXT.match(line)):
            yield from _titled(before_start, 1 if under[1][0] == "=" else 2, before)
            before = ""
        else:
            before = "" if not first or line.startswith("    ") or _NOT_A_HEADING.match(line) else line
            before_start = start


def _opened(line: str) -> str:
    """What ends the comment or the HTML block that a line opens and does not close."""
    start = line.lstrip()[:8].lower()
    for begin, end in _HIDDEN:
        if start.startswith(begin) and end not in line.lower():
            return end
    return ""


def _titled(start: int, level: int, raw: str) -> Iterator[tuple[int, int, str]]:
    title = one_line(_INLINE.sub(lambda m: m["wiki"] or m["link"] or "", raw))
    if title:
        yield start, level, title
