"""The query language: free text, "quoted", -word and filters. Text that only looks like syntax is text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from searcher.errors import UsageError

_TOKEN = re.compile(
    r'(?P<minus>-)?"(?P<quoted>[^"]+)"|(?P<name>[a-z]+):(?:"(?P<qvalue>[^"]*)"|(?P<value>\S+))|(?P<word>\S+)'
)
_DATE = re.compile(r"^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")
_DATES = "a date is 2026, 2026-03 or 2026-03-09, with >, >=, <, <= before it or .. between two"
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))  # as keyboards and word processors make them
FILTERS = ("type", "path", "lang", "date", "folder", "ext", "tag")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage must satisfy before it is ranked. Dates are epoch seconds, `until` exclusive."""

    types: tuple[str, ...] = ()
    exts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # all of them; "a,b" is either
    since: int | None = None
    until: int | None = None

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `text` is what is embedded: the words and the quoted passages, without syntax."""

    raw: str
    text: str
    required: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    notes: tuple[str, ...] = ()  # what looks like a filter and is none


def parse(raw: str) -> Query:
    """Never raises: what is no valid filter is a word."""
    words: list[str] = []
    required: list[str] = []
    excluded: list[str] = []
    filters, notes = Filters(), []
    for token in _TOKEN.finditer(raw.translate(_QUOTES)):
        if token["quoted"]:
            (excluded if token["minus"] else required).append(token["quoted"])
            if not token["minus"]:
                words.append(token["quoted"])
        elif token["name"] and (
            narrowed := _narrowed(filters, token["name"], token["qvalue"] or token["value"])
        ):
            filters = narrowed
        else:
            word = token[0]
            if token["name"] == "date":
                notes.append(f"{word} is read as words: {_DATES}")
            if word.startswith("-") and len(word) > 1 and not word[1].isdigit() and not word.startswith("--"):
                excluded.append(word[1:])
            else:
                words.append(word)
    return Query(raw, " ".join(words), tuple(required), tuple(excluded), filters, tuple(notes))


def _narrowed(filters: Filters, name: str, value: str | None) -> Filters | None:
    if not value:
        return None
    values = tuple(part for part in value.split(",") if part)
    match name:
        case "type":
            return replace(filters, types=filters.types + tuple(v.lower() for v in values))
        case "ext":
            return replace(filters, exts=filters.exts + tuple(v.lower().lstrip(".") for v in values))
        case "lang":
            return replace(filters, languages=filters.languages + tuple(v.lower() for v in values))
        case "path":
            return replace(filters, paths=(*filters.paths, value))
        case "tag":
            return replace(filters, tags=(*filters.tags, value))
        case "folder":
            return replace(filters, folders=(*filters.folders, value))
        case "date":
            try:
                return _dated(filters, value)
            except UsageError:
                return None
    return None


def _dated(filters: Filters, value: str) -> Filters:
    operator = re.match(r"[<>]=?|", value)
    assert operator
    start, end = span(value[operator.end() :].split("..")[0]), span(value[operator.end() :].split("..")[-1])
    match operator[0]:
        case ">":
            return replace(filters, since=start[1])
        case ">=":
            return replace(filters, since=start[0])
        case "<":
            return replace(filters, until=start[0])
        case "<=":
            return replace(filters, until=start[1])
    return replace(filters, since=start[0], until=end[1])


def span(text: str) -> tuple[int, int]:
    """Epoch seconds from the start of a local year, month or day to its end. Raises UsageError."""
    match = _DATE.match(text)
    try:
        if not match:
            raise ValueError
        year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
        start = datetime(year, month, day)
        if match[3]:
            end = start + timedelta(days=1)
        elif match[2]:
            end = datetime(year + month // 12, month % 12 + 1, 1)
        else:
            end = datetime(year + 1, 1, 1)
        return int(start.timestamp()), int(end.timestamp())  # without a zone: local time
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{text!r} is no date; write 2026, 2026-03 or 2026-03-09") from None
