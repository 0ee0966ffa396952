"""Filters as the SQL that LanceDB applies before the top-k. Every value passes through `quoted`."""

from __future__ import annotations

import fnmatch
import re

from searcher.paths import starts_below
from searcher.query import Query

GROUPS = {
    "document": ("pdf", "docx", "odt", "rtf", "txt", "md", "html", "epub", "org", "rst"),
    "mail": ("eml", "mbox", "msg", "tnef"),
    "sheet": ("xlsx", "ods", "csv", "tsv"),
    "slides": ("pptx", "odp"),
    "data": ("json", "yaml", "toml", "xml"),
}


def quoted(value: str) -> str:
    """A string literal: in this dialect a doubled quote is all that needs escaping."""
    return "'" + value.replace("'", "''") + "'"


def condition(query: Query) -> str | None:
    """The WHERE clause of a query, or None when nothing narrows it."""
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
    parts += [f"regexp_like(path, {quoted(_pattern(glob))}, 'i')" for glob in filters.paths]
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


def _pattern(glob: str) -> str:
    """A regular expression for a glob anywhere in a path; without wildcards it is a plain part of it."""
    if not re.search(r"[*?\[]", glob):
        return re.escape(glob)
    translated = fnmatch.translate(glob).removeprefix("(?s:").removesuffix(r")\Z").removesuffix(r")\z")
    # the table's regular expressions have no atomic groups; they only save Python time
    return "(^|/)" + translated.replace("(?>", "(?:") + "$"
