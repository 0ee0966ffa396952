"""What a person may be about to type, or meant to: from the library's own words and file names."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from searcher.query import Query
from searcher.search.candidates import Candidate
from searcher.search.sample import Sample
from searcher.store import Store
from searcher.store.reader import batches
from searcher.text import language
from searcher.text.terms import asked, fold

_SHORTEST = 3  # letters of a word worth suggesting
_LONGEST = 40
_HEADING = 80  # letters; a longer one is no name
_HEADINGS = 20_000  # of a library
SPELT = 3  # most words of a query whose spelling is looked at: a question may be in another language


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    kind: str  # word | file | heading


@dataclass(frozen=True, slots=True)
class LibraryWords:
    """The words of a library, sorted, with the passages that hold each; its file names and headings."""

    words: tuple[str, ...]
    often: tuple[int, ...]
    files: tuple[tuple[str, str], ...]  # (a folded ending of the name that begins a word, the name), sorted
    passages: int  # when it was taken
    headings: tuple[tuple[str, str], ...] = ()  # as `files`

    def beginning(self, prefix: str, limit: int) -> list[Suggestion]:
        """Files first, then the commonest words, then headings."""
        start = fold(prefix.strip())
        if not start:
            return []
        files = list(dict.fromkeys(name for _, name in _from(self.files, start)))[: max(limit // 2, 1)]
        headings = list(dict.fromkeys(name for _, name in _from(self.headings, start)))[: max(limit // 3, 1)]
        first = bisect_left(self.words, start)
        last = bisect_left(self.words, f"{start}\U0010ffff")
        room = max(limit - len(files) - len(headings), 0)
        words = sorted(range(first, last), key=lambda place: -self.often[place])[:room]
        suggestions = [Suggestion(name, "file") for name in files]
        suggestions += [Suggestion(self.words[place], "word") for place in words]
        return (suggestions + [Suggestion(name, "heading") for name in headings])[:limit]

    def nearest(self, word: str) -> str | None:
        """The commonest of the words that are fewest letters away; None when all are too far."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 0 if len(word) < 5 else 1 if len(word) < 8 else 2
        if not most:
            return None
        near = process.extract(word, self.words, scorer=OSA.distance, score_cutoff=most, limit=20)
        ranked = sorted((distance, -self.often[place], text) for text, distance, place in near)
        return ranked[0][2] if ranked else None


def vocabulary(store: Store) -> LibraryWords:
    """Reads a few columns of the whole table. Raises IndexDamaged."""
    import pyarrow.compute as pc

    often: Counter[str] = Counter()
    names: set[str] = set()
    headings: set[str] = set()
    passages = 0
    for batch in batches(store, ["terms", "path", "heading", "title"]):
        passages += batch.num_rows
        counted = pc.value_counts(pc.list_flatten(pc.split_pattern(batch["terms"], " "))).to_pylist()
        often.update({one["values"]: one["counts"] for one in counted if _is_word(one["values"])})
        names.update(path.rpartition("/")[2] for path in pc.unique(batch["path"]).to_pylist() if path)
        if len(headings) < _HEADINGS:
            said = {*pc.unique(batch["heading"]).to_pylist(), *pc.unique(batch["title"]).to_pylist()}
            headings.update(_last(heading) for heading in said if heading)
    words = sorted(often)
    files = sorted((start, name) for name in names for start in _starts(name))
    named = headings - names
    begun = sorted((start, text) for text in named if len(text) <= _HEADING for start in _starts(text))
    counts = tuple(often[word] for word in words)
    return LibraryWords(tuple(words), counts, tuple(files), passages, tuple(begun))


def did_you_mean(
    query: Query, candidates: Sequence[Candidate], sample: Sample, vocabulary: Callable[[], LibraryWords]
) -> str | None:
    """The query's words with those that are nowhere in the library spelt as words that are; None when every
    word is somewhere, or nothing is near."""
    words = query.text.split()
    spoken = language.of_query(query.text)
    if not 0 < len(words) <= SPELT or (spoken and not sample.spoken(spoken)):
        return None
    respelt, changed = [], False
    for word in words:
        better = None
        for one in asked(word, sample.main_languages())[:1]:
            if one.name.isalpha() and not _is_anywhere((*one.exact, *one.stems), candidates, sample):
                better = vocabulary().nearest(one.name)
        respelt.append(better or word)
        changed = changed or better is not None
    return " ".join(respelt) if changed else None


def _is_anywhere(terms: Sequence[str], candidates: Sequence[Candidate], sample: Sample) -> bool:
    return any(sample.frequency[term] for term in terms) or any(
        f" {term} " in candidate.spoken for candidate in candidates for term in terms
    )


def _last(heading: str) -> str:
    """A heading without those above it."""
    return heading.rpartition(" > ")[2].strip()


def _is_word(term: str | None) -> bool:
    return term is not None and _SHORTEST <= len(term) <= _LONGEST and term.isalpha()


def _starts(name: str) -> Iterator[str]:
    """The folded name from each of its words on."""
    whole = fold(name)
    for place, letter in enumerate(whole):
        if letter.isalnum() and (place == 0 or not whole[place - 1].isalnum()):
            yield whole[place:]


def _from(pairs: Sequence[tuple[str, str]], start: str) -> Iterator[tuple[str, str]]:
    for place in range(bisect_left(pairs, (start, "")), len(pairs)):
        if not pairs[place][0].startswith(start):
            return
        yield pairs[place]
