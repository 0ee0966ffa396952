"""Questions nobody asked: parts of a library's own passages, for which the answer is known.

Who asks seldom uses the very words of the answer. So some words of a part are others when passages are looked
for by words, while its meaning stays what it was.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from searcher.store.lance import LanceTable
from searcher.text import stopwords
from searcher.text.terms import is_continuous

_PASSAGES = 120  # that are asked for at most, each by sentences and by some of its words
_FEWEST = 40  # but half of a small library's are enough: what is shipped counts beside them
_SENTENCES = 3  # of each passage
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_LONGEST = 16  # words of a query; characters, times four, where there are no spaces
_STRETCH = 30  # words of a passage from which some are picked
_OTHERS = (0.0, 0.2, 0.4, 0.6, 0.8)  # shares of the telling words that are others


@dataclass(frozen=True, slots=True)
class PseudoQuery:
    text: str  # what it means
    words: str  # what is looked for by words
    owner: str  # doc_id of its answer
    is_sentence: bool  # else some words in their order


def passages(table: LanceTable) -> list[dict[str, Any]]:
    """Evenly spaced over the table."""
    rows = table.count_rows()
    count = min(rows, max(_FEWEST, rows // 2), _PASSAGES)
    offsets = [i * rows // count for i in range(count)]
    taken = table.take_offsets(offsets).select(["doc_id", "text", "kind", "language"]).to_arrow()
    return [
        row | {"language": "en" if row["kind"] == "code" else row["language"]} for row in taken.to_pylist()
    ]


def queries(rows: Sequence[dict[str, Any]]) -> list[PseudoQuery]:
    """Of each passage some sentences, and some of its words in their order."""
    asked, chance = [], random.Random(len(rows))
    others: dict[str | None, list[str]] = defaultdict(list)
    for row in rows:
        others[row["language"]] += _telling(row["text"], row["language"])
    for row in rows:
        language = row["language"]
        sentences, words = _some_sentences(row["text"], chance), _some_words(row["text"], language, chance)
        for text in filter(None, (*sentences, words)):
            altered = _altered(text, language, others[language], chance)
            asked.append(PseudoQuery(text, altered, row["doc_id"], text in sentences))
    return asked


def _some_sentences(text: str, chance: random.Random) -> list[str]:
    sentences = [piece.strip() for piece in _SENTENCE.split(text) if len(piece.strip()) > 8]
    longer = [one for one in sentences if len(one.split()) >= 4] or sentences
    chosen = chance.sample(longer, min(len(longer), _SENTENCES))
    return [
        one[: _LONGEST * 4] if is_continuous(one[:1]) else " ".join(one.split()[:_LONGEST]) for one in chosen
    ]


def _some_words(text: str, language: str | None, chance: random.Random) -> str:
    """Three to seven words that say something, from one stretch."""
    words = _WORD.findall(text)
    begin = chance.randrange(max(len(words) - _STRETCH, 1))
    common = stopwords.of(language or "en")
    telling = [
        word
        for word in dict.fromkeys(words[begin : begin + _STRETCH])
        if word.casefold() not in common and len(word) > 2
    ]
    if len(telling) < 2:
        return ""
    places = chance.sample(range(len(telling)), min(chance.randint(3, 7), len(telling)))
    picked = [telling[place] for place in sorted(places)]
    return " ".join(picked)[: _LONGEST * 8]


def _altered(text: str, language: str | None, others: Sequence[str], chance: random.Random) -> str:
    """With some of its telling words exchanged for other words of the library in its language."""
    share = chance.choice(_OTHERS)
    telling = set(_telling(text, language))
    return "".join(
        chance.choice(others) if piece in telling and chance.random() < share else piece
        for piece in _pieces(text)
    )


def _telling(text: str, language: str | None) -> list[str]:
    """Its words, or pairs of letters where there are no spaces, that are no stop words; each once."""
    common = stopwords.of(language or "en")
    return [
        piece
        for piece in dict.fromkeys(_pieces(text))
        if piece.casefold() not in common and (len(piece) > 2 or is_continuous(piece)) and piece[0].isalnum()
    ]


def _pieces(text: str) -> Iterator[str]:
    """The text, cut around its words and within runs without spaces."""
    end = 0
    for found in _WORD.finditer(text):
        yield from filter(None, (text[end : found.start()],))
        word, end = found.group(), found.end()
        if is_continuous(word):
            yield from (word[place : place + 2] for place in range(0, len(word), 2))
        else:
            yield word
    yield from filter(None, (text[end:],))
