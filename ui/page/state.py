"""What the address bar holds: the query, the filters and the document that is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from searcher.records import Hit, Passage

GROUPS = ("folder", "type", "month")
STEP = 10  # results that "more" adds
CLOSED: dict[str, Any] = {"doc": "", "at": "", "cite": "", "find": "", "nth": 0}  # no document is open
_MOST = 200
_LONGEST = 200  # characters that are looked for in a document
_MATCHES = 99_999


@dataclass(frozen=True, slots=True)
class State:
    """Every state of the search page; empty values are left out of the link."""

    q: str = ""
    type: tuple[str, ...] = ()
    folder: str = ""
    lang: str = ""
    since: str = ""
    until: str = ""
    sort: str = "relevance"
    group: str = ""  # of GROUPS
    mode: str = ""
    n: int = 0  # results shown; 0 is what the settings say
    like: str = ""  # path of a document that others are to be like, in place of a query
    doc: str = ""  # path of the open document
    at: str = ""  # where in it, see `anchor`
    cite: str = ""  # a quotation that is looked for in it, see `quote.mark`
    find: str = ""  # what is looked for in the open document
    nth: int = 0  # which match of it is shown, 1-based; 0 is the first behind the place

    @classmethod
    def read(cls, params: Mapping[str, str], q: str = "") -> State:
        """From query parameters; whatever a hand-written link has wrong falls back to the default."""
        return cls(
            q=q or params.get("q", ""),
            type=tuple(t for t in params.get("type", "").split(",") if t),
            folder=params.get("folder", ""),
            lang=params.get("lang", ""),
            since=params.get("since", ""),
            until=params.get("until", ""),
            sort="date" if params.get("sort") == "date" else "relevance",
            group=params.get("group", "") if params.get("group") in GROUPS else "",
            mode=params.get("mode", "") if params.get("mode") in ("meaning", "words") else "",
            n=_count(params.get("n", "")),
            like=params.get("like", ""),
            doc=params.get("doc", ""),
            at=params.get("at", ""),
            cite=params.get("cite", ""),
            find=params.get("find", "").strip()[:_LONGEST],
            nth=_count(params.get("nth", ""), _MATCHES),
        )

    @classmethod
    def parse(cls, link: str) -> State:
        """From a link as `link` makes it."""
        return cls.read(dict(parse_qsl(link.removeprefix("?"))))

    def params(self) -> dict[str, str]:
        """Only what differs from the default, so that a plain search is a short link."""
        values = {
            "q": self.q,
            "type": ",".join(self.type),
            "folder": self.folder,
            "lang": self.lang,
            "since": self.since,
            "until": self.until,
            "sort": "" if self.sort == "relevance" else self.sort,
            "group": self.group,
            "mode": self.mode,
            "n": str(self.n) if self.n else "",
            "like": self.like,
            "doc": self.doc,
            "at": self.at,
            "cite": self.cite,
            "find": self.find,
            "nth": str(self.nth) if self.nth else "",
        }
        return {name: value for name, value in values.items() if value}

    def link(self, **changes: Any) -> str:
        """Address of this state with `changes`, relative to the page's own."""
        return "?" + urlencode(replace(self, **changes).params(), errors="replace")

    def opened(self, path: str, place: Place) -> str:
        """Link that shows a document beside the results."""
        return self.link(**{**CLOSED, "doc": path, "at": anchor(place)})

    def closed(self) -> str:
        return self.link(**CLOSED)

    def searched(self) -> str:
        """Link of the search alone, to be remembered."""
        return self.link(**CLOSED, n=0)

    def toggled(self, type_: str) -> str:
        """Link that adds a type to the filter or takes it away."""
        others = tuple(t for t in self.type if t != type_)
        return self.link(type=others if type_ in self.type else (*self.type, type_), n=0)

    @property
    def filtered(self) -> bool:
        return bool(self.type or self.folder or self.lang or self.since or self.until)


def _count(text: str, most: int = _MOST) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document: page and lines as a person counts them, the passage's ordinal in the index, and
    a character of its text."""

    page: int | None = None
    first: int | None = None
    last: int | None = None
    ordinal: int | None = None
    offset: int | None = None

    @property
    def lines(self) -> tuple[int, int] | None:
        return (self.first, self.last or self.first) if self.first else None


def anchor(place: Place) -> str:
    """ "L12-20", "p3c17", "c4" or "o512", for the `at` of a link; lines need no ordinal."""
    if place.first and not place.page:
        return f"L{place.first}" + (f"-{place.last}" if place.last not in (None, place.first) else "")
    page = f"p{place.page}" if place.page else ""
    ordinal = f"c{place.ordinal}" if place.ordinal is not None else ""
    return page + ordinal + (f"o{place.offset}" if place.offset is not None else "")


_ANCHOR = re.compile(r"(?:L(\d{1,9})(?:-(\d{1,9}))?)?(?:p(\d{1,9}))?(?:c(\d{1,9}))?(?:o(\d{1,9}))?", re.ASCII)


def parse_anchor(at: str) -> Place:
    """What an `at` says; a broken one says nothing."""
    match = _ANCHOR.fullmatch(at)
    if not match:
        return Place()
    first, last, page, ordinal, offset = (int(number) if number else None for number in match.groups())
    return Place(page, first, last if last else first, ordinal, offset)


def place_of(hit: Hit | Passage) -> Place:
    _, _, ordinal = hit.chunk_id.rpartition(":")
    return Place(hit.page, hit.line_start, hit.line_end, int(ordinal) if ordinal.isdigit() else None)
