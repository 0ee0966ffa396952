"""What a query leaves of the library before anything is ranked: filters, quoted and excluded words.

Quoted and excluded words speak of whole documents: two may stand in passages far apart.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

from searcher.query import Query
from searcher.store import Store
from searcher.store.reader import PHRASE_ROWS, Owners, doc_ids, owners_holding, owners_where, values_of
from searcher.store.where import GROUPS, conditions, quoted
from searcher.text.phrases import Phrase, has_words
from searcher.text.terms import asked, is_continuous

_LISTED = 20_000  # documents that a condition names at most
_FEW = 500  # that cost next to nothing; a named document costs a five hundredth of a row looked at in vain
_COMMON = 50_000  # passages with a required word; with more, documents are asked about as they come up
_ASKED = 2_000  # documents at once
_WIDER = 5  # times as many rows are looked at while too few of them are in a document that is left


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`where` is applied before the top-k; the sets, where too large for it, and common words to what
    comes out."""

    where: str | None = None
    required: frozenset[str] | None = None  # doc_ids; None: all
    excluded: frozenset[str] = frozenset()
    is_told: bool = True  # `where` says all of it
    notes: tuple[str, ...] = ()  # about phrases that were not looked for everywhere
    common: tuple[CommonWord, ...] = ()  # that are required too

    @property
    def names_documents(self) -> bool:
        """Whether there are any that `among` leaves out."""
        return bool(self.excluded or self.common) or self.required is not None

    def among(self, owners: Iterable[str]) -> Set[str]:
        """Those of some documents that are left."""
        left: Set[str] = set(owners) - self.excluded
        if self.required is not None:
            left = left & self.required
        for word in self.common:
            left = word.among(left)
        return left


class CommonWord:
    """A word that stands in too many passages to list its documents: of a million passages that took a second
    or two and 200 MB. Whether a document holds it is asked when one comes up."""

    def __init__(self, store: Store, terms: Sequence[str]) -> None:
        self._store, self._terms = store, terms
        self._holders, self._others = set[str](), set[str]()
        self._lock = threading.Lock()  # both arms of a query ask

    def among(self, owners: Set[str]) -> Set[str]:
        """Those of some documents that hold it."""
        with self._lock:
            unknown = sorted(owners - self._holders - self._others)
            for start in range(0, len(unknown), _ASKED):
                part = unknown[start : start + _ASKED]
                holders = owners_holding(self._store, self._terms, f"doc_id IN ({_listed(part)})").doc_ids
                self._holders |= holders
                self._others |= set(part) - holders
            return owners & self._holders


def narrowing(store: Store, query: Query, *more: str | None) -> Narrowing:
    """`more` are further conditions. Raises IndexDamaged, UsageError for a pattern that is none."""
    parts = [condition for _, condition in conditions(query)] + [part for part in more if part]
    required: frozenset[str] | None = None
    excluded, notes = frozenset[str](), list[str]()
    common = list[CommonWord]()
    for phrase in query.required:
        if terms := _alone(phrase):
            holders = owners_holding(store, terms, most=_COMMON)
            if holders.is_cut:
                common.append(CommonWord(store, terms))
                continue
        else:
            holders = documents_with(store, phrase)
        required = holders.doc_ids if required is None else required & holders.doc_ids
        notes += [_partly(phrase)] if holders.is_cut else []
    for phrase in query.excluded:
        holders = documents_with(store, phrase)
        excluded |= holders.doc_ids
        notes += [_partly(phrase)] if holders.is_cut else []
    if required is not None:
        required -= excluded
    named = excluded if required is None else required
    is_told = not named or _is_cheap(len(named), store.documents(), are_left=required is not None)
    if is_told and required is not None:
        parts.append(f"doc_id IN ({_listed(required)})" if required else "doc_id = ''")
    elif is_told and excluded:
        parts.append(f"doc_id NOT IN ({_listed(excluded)})")
    where = " AND ".join(parts) or None
    return Narrowing(where, required, excluded, is_told and not common, tuple(notes), tuple(common))


def _is_cheap(named: int, of: int, *, are_left: bool) -> bool:
    """Whether to name documents costs less than to look at rows of the others in vain."""
    left = named if are_left else of - named
    return named <= _FEW or (named <= _LISTED and named * left < _FEW * of)


def narrowed(left: Narrowing, ids: Callable[[int], list[str]], limit: int) -> str | None:
    """The condition for one arm of a query. `ids` gives the first so many rows of that arm; where the
    documents that are left are too many to be named, the first `limit` rows in them are."""
    if left.is_told:
        return left.where
    taken = limit
    while True:
        taken *= _WIDER
        rows = ids(taken)
        owners = [row.rpartition(":")[0] for row in rows]
        among = left.among(owners)
        allowed = [row for row, owner in zip(rows, owners, strict=True) if owner in among][:limit]
        if len(allowed) == limit or len(rows) < taken:
            return f"id IN ({_listed(allowed)})" if allowed else "id = ''"


def documents_with(store: Store, phrase: str) -> Owners:
    """Documents with a passage, title or name that holds a phrase."""
    if terms := _alone(phrase):
        return owners_holding(store, terms)
    words = asked(phrase)
    if _is_in_no_index(phrase):
        return Owners(doc_ids(store, f"contains(lower(text), {quoted(phrase.lower())})"))
    groups = [word.exact for word in words if not word.of_identifier]
    groups = groups or [tuple(term for word in words for term in word.exact)]
    looked_for = Phrase.of(phrase)
    columns = ["title", "heading", "symbol", "path", "text"]
    return owners_where(store, groups, columns, lambda row: looked_for.is_in(_spoken(row)))


def _alone(phrase: str) -> tuple[str, ...]:
    """The terms of a phrase that is a single word of the index, else none."""
    words = asked(phrase)
    is_one = len(words) == 1 and not words[0].of_identifier and not _is_in_no_index(phrase)
    return words[0].exact if is_one else ()


def _is_in_no_index(phrase: str) -> bool:
    words = asked(phrase)
    alone = any(len(word.name) == 1 and is_continuous(word.name) for word in words)
    return not words or alone or not has_words(phrase)


def why_nothing(store: Store, query: Query) -> list[str]:
    """For a query that found nothing: what each of its parts leaves by itself, and what a filter may be."""
    total = store.documents()
    lines = []
    for name, condition in conditions(query):
        left = len(doc_ids(store, condition))
        lines.append(_line(name, left, total) + ("" if left else _allowed(store, name.partition(":")[0])))
    lines += [
        _line(f'"{phrase}"', len(documents_with(store, phrase).doc_ids), total) for phrase in query.required
    ]
    lines += [
        _line(f"-{phrase}", total - len(documents_with(store, phrase).doc_ids), total)
        for phrase in query.excluded
    ]
    return lines


def _allowed(store: Store, name: str) -> str:
    """What a filter that left nothing could have been."""
    columns = {"type": "kind", "ext": "ext", "lang": "language"}
    if name not in columns:
        return ""
    there = ", ".join(values_of(store, columns[name])) or "nothing"
    groups = f"{', '.join(GROUPS)}, or what is here: " if name == "type" else ""
    return f"; {name}: may be {groups}{there}"


def _partly(phrase: str) -> str:
    return f'"{phrase}" was looked for only in the {PHRASE_ROWS:,} passages that hold its words most often'


def _line(name: str, left: int, total: int) -> str:
    return f"{name} leaves {left} of {total} documents"


def _spoken(row: dict[str, str | None]) -> str:
    name = (row["path"] or "").rpartition("/")[2]
    return "\n\n".join(filter(None, [row["title"], name, row["heading"], row["symbol"], row["text"]]))


def _listed(owners: Iterable[str]) -> str:
    """Hexadecimal, also before a colon, so that nothing needs quoting."""
    return ", ".join(f"'{owner}'" for owner in sorted(owners))
