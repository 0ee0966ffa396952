"""Filters as the SQL that LanceDB applies before the top-k. Every value passes through `quoted`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from searcher.errors import UsageError
from searcher.paths import starts_below, to_stored
from searcher.query import Query

GROUPS = {
    "document": (
        "pdf",
        "docx",
        "doc",
        "odt",
        "fodt",
        "rtf",
        "txt",
        "md",
        "html",
        "mhtml",
        "epub",
        "fb2",
        "mobi",
        "org",
        "rst",
        "tex",
        "adoc",
        "typ",
        "wiki",
        "man",
        "enex",
        "xps",
        "jats",
        "bib",
        "webarchive",
    ),
    "mail": ("eml", "mbox", "msg", "tnef"),
    "sheet": ("xlsx", "xls", "xlsb", "ods", "fods", "csv", "tsv"),
    "slides": ("pptx", "ppt", "odp"),
    "data": ("json", "yaml", "toml", "xml", "gpx", "kml"),
    "drawing": ("odg", "svg", "drawio", "vsdx"),
    "calendar": ("ics",),
}
_ALSO = {  # what people call a kind or a group
    "image": "picture",
    "photo": "picture",
    "bild": "picture",
    "foto": "picture",
    "music": "audio",
    "musik": "audio",
    "ton": "audio",
    "movie": "video",
    "film": "video",
    "dokument": "document",
    "tabelle": "sheet",
    "folien": "slides",
    "zeichnung": "drawing",
    "kalender": "calendar",
}
# as in fnmatch: a `]` directly after the bracket is one of its members, a bracket that never closes is itself
_GLOB_PART = re.compile(r"(?P<any>\*+)|(?P<one>\?)|\[(?P<negated>!?+)(?P<members>.[^\]]*)\]|.", re.DOTALL)
_LONGEST_GLOB = 1000  # characters; the table refuses expressions that compile to more than 10 MB


def quoted(value: str) -> str:
    """A string literal: in this dialect a doubled quote is all that needs escaping."""
    return "'" + value.replace("'", "''") + "'"


def document(stored: str) -> str:
    """The rows of the file at a stored path, or of every file below that folder."""
    starts = [f"starts_with(path, {quoted(start)})" for start in starts_below(stored)]
    return f"(path = {quoted(stored)} OR {' OR '.join(starts)})"


def outside(folders: Sequence[str]) -> str | None:
    """The rows of files below none of these folders; None where there are none."""
    return " AND ".join(f"NOT {document(to_stored(folder))}" for folder in folders) or None


def condition(query: Query) -> str | None:
    """The WHERE clause of a query's filters, or None when nothing narrows it. Raises UsageError for a bad
    pattern."""
    return " AND ".join(part for _, part in conditions(query)) or None


def conditions(query: Query) -> list[tuple[str, str]]:
    """Each filter as a person writes it, and as SQL. Raises UsageError for a bad pattern."""
    filters = query.filters
    conditions: list[tuple[str, str]] = []
    if filters.types:
        kinds = [
            kind
            for value in filters.types
            for kind in GROUPS.get(_ALSO.get(value, value), (_ALSO.get(value, value),))
        ]
        listed = ", ".join(map(quoted, kinds))
        conditions.append((f"type:{','.join(filters.types)}", f"(kind IN ({listed}) OR ext IN ({listed}))"))
    if filters.exts:
        conditions.append(
            (f"ext:{','.join(filters.exts)}", f"ext IN ({', '.join(map(quoted, filters.exts))})")
        )
    if filters.languages:
        listed = ", ".join(map(quoted, filters.languages))
        conditions.append((f"lang:{','.join(filters.languages)}", f"language IN ({listed})"))
    conditions += [(f"tag:{tags}", _tagged(tags)) for tags in filters.tags]
    conditions += [(f"path:{glob}", _either(_matching, glob)) for glob in filters.paths]
    if filters.folders:
        within = " OR ".join(_either(_within, folder) for folder in filters.folders)
        conditions.append((f"folder:{','.join(filters.folders)}", f"({within})"))
    dates = []
    if filters.since is not None:
        dates.append(f"date >= {filters.since}")
    if filters.until is not None:
        dates.append(f"date < {filters.until}")
    return [*conditions, ("the date", " AND ".join(dates))] if dates else conditions


def _either(condition: Callable[[str], str], name: str) -> str:
    """With accents composed and decomposed: file systems differ in what they keep."""
    spellings = dict.fromkeys([name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))])
    each = list(dict.fromkeys(map(condition, spellings)))
    return each[0] if len(each) == 1 else f"({' OR '.join(each)})"


def _tagged(tags: str) -> str:
    """Documents with one of these tags, or with a tag below it: `work` is also `work/travel`."""
    names = filter(None, (tag.strip().strip("#").rstrip("/") for tag in tags.split(",")))
    either = "|".join(map(re.escape, names))
    if not either:
        return "false"
    return f"regexp_like(tags, {quoted(f'(^| )({either})(/| |$)')}, 'i')"


def _within(folder: str) -> str:
    """Files in a folder or below it: one given by its whole path, or any of that name."""
    if folder.startswith("/") or folder[1:2] == ":":
        starts = [f"starts_with(path, {quoted(start)})" for start in starts_below(folder)]
        return f"({' OR '.join(starts)})"
    return f"contains(lower(path), {quoted('/' + folder.strip('/').lower() + '/')})"


def _matching(glob: str) -> str:
    """Paths that end in what a glob says; without wildcards it is a plain part of them. Raises UsageError."""
    if len(glob) > _LONGEST_GLOB:
        raise UsageError(
            f"the path pattern {glob[:60]!r}... is longer than {_LONGEST_GLOB} characters; shorten it"
        )
    if not re.search(r"[*?\[]", glob):
        return f"contains(lower(path), {quoted(glob.lower())})"
    pattern = "(?s)(^|/)" + "".join(_translated(part, glob) for part in _GLOB_PART.finditer(glob)) + "$"
    return f"regexp_like(path, {quoted(pattern)}, 'i')"


def _translated(part: re.Match[str], glob: str) -> str:
    """One part of a glob in the syntax of the table's regular expressions, which is Rust's."""
    if part["any"]:
        return ".*"
    if part["one"]:
        return "."
    if part["members"] is None:
        return re.escape(part[0])
    members = re.sub(r"(.)-(.)|(.)", lambda match: _members(match, glob), part["members"], flags=re.DOTALL)
    return f"[{'^' if part['negated'] else ''}{members}]"


def _members(match: re.Match[str], glob: str) -> str:
    first, last, single = match.groups()
    if single:
        return re.escape(single)
    if first > last:
        raise UsageError(f"the path pattern {glob!r} has a range that runs backwards: write [{last}-{first}]")
    return f"{re.escape(first)}-{re.escape(last)}"
