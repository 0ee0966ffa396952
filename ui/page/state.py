"""What the address bar holds: the query, the filters and the document that is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

STEP = 10  # results a page of them adds


@dataclass(frozen=True, slots=True)
class State:
    """Every state of the search page; empty values are left out of the link."""

    q: str = ""
    type: tuple[str, ...] = ()
    folder: str = ""
    lang: str = ""
    since: str = ""
    sort: str = "relevance"
    mode: str = ""
    n: int = STEP  # results shown
    doc: str = ""  # path of the open document
    at: str = ""  # "L12-20", "p3" or an ordinal "#4"

    @classmethod
    def read(cls, params: Mapping[str, str], q: str = "") -> State:
        """From query parameters; whatever a hand-written link has wrong falls back to the default."""
        return cls(
            q=q or params.get("q", ""),
            type=tuple(t for t in params.get("type", "").split(",") if t),
            folder=params.get("folder", ""),
            lang=params.get("lang", ""),
            since=params.get("since", ""),
            sort="date" if params.get("sort") == "date" else "relevance",
            mode=params.get("mode", "") if params.get("mode") in ("meaning", "words") else "",
            n=_count(params.get("n", "")),
            doc=params.get("doc", ""),
            at=params.get("at", ""),
        )

    def params(self) -> dict[str, str]:
        """Only what differs from the default, so that a plain search is a short link."""
        values = {
            "q": self.q,
            "type": ",".join(self.type),
            "folder": self.folder,
            "lang": self.lang,
            "since": self.since,
            "sort": "" if self.sort == "relevance" else self.sort,
            "mode": self.mode,
            "n": "" if self.n == STEP else str(self.n),
            "doc": self.doc,
            "at": self.at,
        }
        return {name: value for name, value in values.items() if value}

    def link(self, **changes: Any) -> str:
        """Address of this state with `changes`, relative to the page's own."""
        return "?" + urlencode(replace(self, **changes).params(), errors="replace")

    def toggled(self, type_: str) -> str:
        """Link that adds a type to the filter or takes it away."""
        kept = tuple(t for t in self.type if t != type_)
        return self.link(type=kept if type_ in self.type else (*self.type, type_), n=STEP)

    @property
    def filtered(self) -> bool:
        return bool(self.type or self.folder or self.lang or self.since)


def _count(text: str) -> int:
    return min(max(int(text), STEP), 200) if text.isascii() and text.isdigit() else STEP


def anchor(page: int | None, line_start: int | None, line_end: int | None) -> str:
    """Where in a document, for the `at` of a link."""
    if page:
        return f"p{page}"
    if line_start:
        return f"L{line_start}-{line_end}" if line_end and line_end != line_start else f"L{line_start}"
    return ""


def parse_anchor(at: str) -> tuple[int | None, int | None, int | None]:
    """(page, first line, last line) of an `at`; None for what it does not say."""
    head, _, tail = at[1:].partition("-")
    if not (head.isascii() and head.isdigit()):
        return None, None, None
    if at.startswith("p"):
        return int(head), None, None
    if at.startswith("L"):
        return None, int(head), int(tail) if tail.isascii() and tail.isdigit() else int(head)
    return None, None, None
