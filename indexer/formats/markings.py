"""Text with marks of its own for headings: LaTeX, AsciiDoc, Typst and wiki pages."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.formats.accents import with_letters
from indexer.formats.headings import heading_marks
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document

_TEX_LEVELS = {"part": 1, "chapter": 1, "section": 2, "subsection": 3, "subsubsection": 4, "paragraph": 5}
# of a line with the line end before it, which is found more quickly than a line's beginning
_LEVELS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str]], int]]] = {
    "tex": (
        re.compile(r"\n[ \t]*+\\(?P<mark>(?:sub){0,2}section|chapter|pa(?:rt|ragraph))"
                   r"\*?(?:\[[^\]\n]*\])?\{(?P<title>(?:[^{}\n]++|\{[^{}\n]*\}){1,200}+)\}"),
        lambda match: _TEX_LEVELS[match["mark"]],
    ),
    "adoc": (re.compile(r"\n(?P<mark>={1,6})[ \t]+(?P<title>[^\r\n]+)"),
             lambda match: len(match["mark"])),
    "wiki": (re.compile(r"\n(?P<mark>={2,6})[ \t]*(?P<title>[^=\r\n]+?)[ \t]*={2,6}[ \t]*$", re.M),
             lambda match: len(match["mark"]) - 1),
}  # fmt: skip
_LEVELS["typ"] = _LEVELS["adoc"]
_TITLES = {
    "tex": re.compile(r"\\title(?:\[[^\]\n]*\])?\{((?:[^{}]|\{[^{}]*\}){1,300})\}"),
}
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?[ \t]*|[{}]|\\[\\&%$#_]?")
_LISTING = re.compile(
    r"\n(-{4,}|\.{4,}|/{4,}|\+{4,})[ \t]*\r?(?=\n).*?\n\1[ \t\r]*(?=\n|\Z)", re.S
)  # of AsciiDoc


def read(source: Source) -> Document:
    text, notes = own_text(source)
    kind = _kind(source.name)
    text = with_letters(text) if kind == "tex" else text
    pattern, level = _LEVELS[kind]
    headings = [
        (m.start(), level(m), title)
        for m in pattern.finditer("\n" + text)
        if (title := _bare(m["title"], kind))
    ]
    if kind == "adoc" and headings:
        listings = [match.span() for match in _LISTING.finditer("\n" + text)]
        headings = [h for h in headings if not any(begin < h[0] < end for begin, end in listings)]
    named = _TITLES[kind].search(text) if kind in _TITLES else None
    title = _bare(named[1], kind) if named else None
    return Document(
        text,
        kind,
        title=title or next((t for _, _, t in headings), None),
        marks=heading_marks(headings),
        notes=notes,
    )


def _kind(name: str) -> str:
    ending = name.lower().rpartition(".")[2]
    if ending in ("adoc", "asciidoc", "typ"):
        return "typ" if ending == "typ" else "adoc"
    return "wiki" if ending in ("wiki", "mediawiki") else "tex"


def _bare(title: str, kind: str) -> str | None:
    is_marked = kind == "tex" and ("\\" in title or "{" in title)
    return one_line(_COMMAND.sub(_shown, title) if is_marked else title)


def _shown(command: re.Match[str]) -> str:
    r"""`&` for `\&`; nothing for what is not printed."""
    return command[0][1:] if command[0][1:] in tuple("&%$#_") else ""
