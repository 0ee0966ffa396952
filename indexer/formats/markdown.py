"""Markdown: the file's own text, headings as marks, front matter as fields."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from indexer.formats.dates import iso_date
from indexer.formats.headings import heading_marks
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document

_FRONT = re.compile(r"(---|\+\+\+)[ \t]*\r?\n(.*?)^\1[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_OPENING = re.compile(
    r"\n(?:(?P<indent>[ \t]*+)(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*+(?P<fence>`{3,}|~{3,})[^`\n]*$"
    r"|[ \t]*+<(?P<block>!--|pre|script|style))",
    re.M | re.I,
)
_CLOSING = {
    "!--": re.compile("-->"),
    **{tag: re.compile(f"</{tag}>", re.I) for tag in ("pre", "script", "style")},
    **{sign: re.compile(rf"\n[ \t>]*({sign}{{3,}})[ \t>\r]*$", re.M) for sign in "`~"},
}
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]|[ \t]*>")
_LIKE_A_HEADING = re.compile(r"\n {0,3}(?:#{1,6}[ \t]|=+[ \t\r]*$|-{2,}[ \t\r]*$)", re.M)
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_INLINE = re.compile(
    r"!?\[\[(?:[^\[\]|]*\|)?(?P<wiki>[^\[\]|]+)\]\]|!?\[(?P<link>[^\]]*)\]\([^)]*\)|[`*]+|(?<!\w)_+|_+(?!\w)"
)
_CODE = re.compile(r"`[^`\n]*`")
_TAG = re.compile(r"#(?<!\S#)((?=[\w/-]*[^\W\d])\w[\w/-]*)(?=[\s.,;:!?)]|\Z)")
_MOST_TAGS = 100
_MOST_NAMES = 30
_NOT_A_HEADING = re.compile(r"\s*(?:$|[>|#]|[-*+][ \t]|\d+[.)][ \t])")


def read(source: Source) -> Document:
    text, notes = own_text(source)
    front, body = _front_matter(text)
    unread = _unread(text, body)
    headings = list(_headings(text, body, unread))
    first = next((title for _, level, title in headings if level == 1), None)
    return Document(
        text,
        "md",
        title=one_line(_text(front.get("title"))) or first,
        marks=heading_marks(headings),
        date=iso_date(front.get("date")) or iso_date(front.get("created")),
        tags=tuple(
            dict.fromkeys(
                (*_tags(front.get("tags") or front.get("keywords")), *_written_tags(text, body, unread))
            )
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


def _written_tags(text: str, start: int, unread: list[tuple[int, int]]) -> Iterator[str]:
    """`#tag` and `#tag/below` in the text, as note programs write them; not in code."""
    tags: dict[str, None] = {}
    for match in _TAG.finditer(text, start):
        begin = text.rfind("\n", start, match.start()) + 1 or start
        codes = _CODE.finditer(text, begin, _line_end(text, match.end()))
        in_code = any(code.start() < match.start() < code.end() for code in codes)
        if not in_code and not _is_within(unread, begin):
            tags.setdefault(match[1].rstrip("/"))
    return islice(tags, _MOST_TAGS)


def _unread(text: str, start: int) -> list[tuple[int, int]]:
    """Start and end of fenced code, of comments and of HTML blocks: whole lines, in their order."""
    spans: list[tuple[int, int]] = []
    if "```" not in text and "~~~" not in text and "<" not in text:
        return spans
    padded = "\n" + text  # a place in it is one behind that in the text
    at = start
    while match := _OPENING.search(padded, at):
        begin, at = match.start(), _line_end(text, match.end() - 1)
        if fence := match["fence"]:
            if match["indent"].replace("\t", "    ") >= "    " and not _is_in_list(text, begin):
                continue
            closings = _CLOSING[fence[0]].finditer(text, at)
            end = next((closing.end() for closing in closings if len(closing[1]) >= len(fence)), len(text))
        else:
            closing = _CLOSING[match["block"].lower()].search(text, match.end() - 1)
            if closing and closing.start() < at:
                continue
            end = _line_end(text, closing.end()) if closing else len(text)
        spans.append((begin, end))
        at = end
    return spans


def _is_in_list(text: str, begin: int) -> bool:
    """Whether the line that begins there is of a list or a quotation: of its own, or by its indent."""
    while True:
        line = text[begin : _line_end(text, begin)]
        if _ITEM.match(line):
            return True
        if begin == 0 or not (line[:1] in " \t\r" or not line):
            return False
        begin = text.rfind("\n", 0, begin - 1) + 1


def _headings(text: str, body: int, unread: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Start, level and title of each heading."""
    last = body - 1  # where the last heading's last line begins, or what is above the text
    for match in _LIKE_A_HEADING.finditer("\n" + text, body):
        start = match.start()
        if _is_within(unread, start):
            continue
        line = text[start : _line_end(text, start)].rstrip("\r")
        if heading := _ATX.match(line):
            yield from _titled(start, len(heading[1]), heading[2])
            last = start
        elif under := _SETEXT.match(line):
            above = text.rfind("\n", 0, max(start - 1, 0)) + 1
            title = text[above : max(start - 1, 0)].rstrip("\r")
            is_text = not title.startswith("    ") and not _NOT_A_HEADING.match(title)
            if is_text and above > last and not _is_within(unread, above):
                yield from _titled(above, 1 if under[1][0] == "=" else 2, title)
                last = start


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _is_within(spans: list[tuple[int, int]], at: int) -> bool:
    number = bisect_right(spans, at, key=lambda span: span[0])
    return number > 0 and at < spans[number - 1][1]


def _titled(start: int, level: int, raw: str) -> Iterator[tuple[int, int, str]]:
    title = one_line(_INLINE.sub(lambda m: m["wiki"] or m["link"] or "", raw))
    if title:
        yield start, level, title
