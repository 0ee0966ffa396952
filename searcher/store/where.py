"""Filters as the SQL that LanceDB applies before the top-k. Every value passes through `quoted`."""

from __future__ import annotations

import re

from searcher.errors import UsageError
from searcher.paths import starts_below
from searcher.query import Query

GROUPS = {
    "document": ("pdf", "docx", "odt", "fodt", "rtf", "txt", "md", "html", "epub", "org", "rst"),
    "mail": ("eml", "mbox", "msg", "tnef"),
    "sheet": ("xlsx", "ods", "fods", "csv", "tsv"),
    "slides": ("pptx", "odp"),
    "data": ("json", "yaml", "toml", "xml"),
}
# as in fnmatch: a `]` directly after the bracket is one of its members, a bracket that never closes is itself
_GLOB_PART = re.compile(r"(?P<any>\*+)|(?P<one>\?)|\[(?P<negated>!?+)(?P<members>.[^\]]*)\]|.", re.DOTALL)
_LONGEST_GLOB = 1000  # characters; the table refuses expressions that compile to more than 10 MB


def quoted(value: str) -> str:
    """A string literal: in this dialect a doubled quote is all that needs escaping."""
    return "'" + value.replace("'", "''") + "'"


def condition(query: Query) -> str | None:
    """The WHERE clause of a query, or None when nothing narrows it. Raises UsageError for a bad pattern."""
    filters = query.filters
    parts: list[str] = []
    if filters.types:
        kinds = [kind for value in filters.types for kind in GROUPS.get(value, (value,))]
        listed = ", ".join(map(quoted, kinds))
        parts.append(f"(kind IN ({listed}) OR ext IN ({listed}))")
    if filters.exts:
        parts.append(f"ext IN ({', '.join(map(quoted, filters.exts))})")
    if filters.languages:
        parts.append(f"language IN ({', '.join(map(quoted, filters.languages))})")
    parts += map(_matching, filters.paths)
    if filters.folders:
        parts.append(f"({' OR '.join(map(_within, filters.folders))})")
    if filters.since is not None:
        parts.append(f"date >= {filters.since}")
    if filters.until is not None:
        parts.append(f"date < {filters.until}")
    parts += [f"contains(lower(text), {quoted(word.lower())})" for word in query.required]
    parts += [f"NOT contains(lower(text), {quoted(word.lower())})" for word in query.excluded]
    return " AND ".join(parts) or None


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
    members = re.sub(r"(.)-(.)|(.)", lambda found: _members(found, glob), part["members"], flags=re.DOTALL)
    return f"[{'^' if part['negated'] else ''}{members}]"


def _members(found: re.Match[str], glob: str) -> str:
    first, last, single = found.groups()
    if single:
        return re.escape(single)
    if first > last:
        raise UsageError(f"the path pattern {glob!r} has a range that runs backwards: write [{last}-{first}]")
    return f"{re.escape(first)}-{re.escape(last)}"
