"""A document's passages: sections, packed to size, joined where small, addressed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from indexer.chunking import code, prose
from indexer.chunking import context as contexts
from indexer.chunking.leads import lead_in
from indexer.chunking.lines import Lines
from indexer.chunking.packing import PIECE_SHARE, Span, pack
from indexer.chunking.pieces import LINE, SECTION, Count, Measure, Piece, tiles
from indexer.chunking.sections import Section, anchor_of, of_marks
from indexer.records import record_ends
from searcher.records import Chunk, Document, Mark
from searcher.text.language import detect

VERSION = "5"  # grows when the same file would be cut differently

_CONTEXT_SHARE = 0.3  # of the target: what stands in front may not crowd out the passage
_LEAD, _SMALL_PROSE, _SMALL_CODE = 0.17, 0.25, 0.2  # of the room
_SMALL_CODE_TOKENS = 48
_NAMES = 3
_RECORDS = frozenset({"code", "json", "yaml", "toml", "xml", "csv", "xlsx", "ods", "ipynb"})


@dataclass(slots=True)
class _Passage:
    span: Span
    sections: list[Section]
    whole: bool = True  # all of its sections, not a part of one
    first: bool = True  # holds the beginning of its first section
    small: bool = False


def chunk(document: Document, *, path: str, count: Count, target: int, limit: int) -> list[Chunk]:
    """Passages of about `target` tokens, none over `limit` with its context, prefix and special tokens.

    The spans [char_start, char_end) tile `document.text` from its first character to its last, in order
    and without a gap; one begins before the last one ended only where a sentence had to be cut. A text
    with nothing visible gives no passages. `count` gives the tokens of texts as the model will see them.
    """
    if not document.text.strip():
        return []
    builder = _Builder(document, path, count, min(target, limit), limit)
    return builder.chunks()


class _Builder:
    def __init__(self, document: Document, path: str, count: Count, target: int, limit: int) -> None:
        self.document, self.text, self.limit = document, document.text, limit
        self.measure = Measure(document.text, count)
        self.path, self.is_code = path, document.kind == "code"
        self.lines = Lines(document.text) if document.has_lines else None
        self.starts = [mark.start for mark in document.marks]
        self.most = max(1, limit - self.measure.overhead)
        self.room = max(1, min(target - self.measure.overhead, self.most))

    def chunks(self) -> list[Chunk]:
        chunks: list[Chunk] = []
        for passage in self._joined(self._packed()):
            for fitted in self._fitted(passage):
                chunks.append(replace(fitted, ordinal=len(chunks)))
        return chunks

    def _packed(self) -> Iterator[_Passage]:
        sections = code.sections(self.document, self.path) if self.is_code else of_marks(self.document)
        small = min(self.room * _SMALL_CODE, _SMALL_CODE_TOKENS) if self.is_code else self.room * _SMALL_PROSE
        for section in _with_text(self.text, sections):
            room = max(1, self.room - (self._context_tokens(section)))
            most = max(1, self.most - (self.room - room))
            pieces = self.measure.sized(
                self._pieces(section), grain=max(1, room // PIECE_SHARE), most=max(1, room // 2)
            )
            spans = pack(self.text, pieces, room=room, most=most, overlap=self.document.kind not in _RECORDS)
            first = next(spans)
            second = next(spans, None)
            if second is None:
                yield _Passage(first, [section], small=first.tokens <= small)
                continue
            yield _Passage(first, [section], whole=False)
            for span in chain([second], spans):
                yield _Passage(span, [section], whole=False, first=False)

    def _pieces(self, section: Section) -> Iterator[Piece]:
        if self.is_code:
            return code.pieces(self.text, section.start, section.end, SECTION)
        if self.document.kind == "csv":
            rows = ((at, LINE) for at in record_ends(self.text, section.start, section.end))
            return tiles(section.start, section.end, rows, SECTION)
        cuts = prose.breaks(self.text, section.start, section.end)
        return tiles(section.start, section.end, self._with_marks(section, cuts), SECTION)

    def _with_marks(self, section: Section, cuts: Iterator[tuple[int, float]]) -> Iterator[tuple[int, float]]:
        """Marks inside a section (the cues of a film, the rows of a sheet) are cuts too."""
        low, high = bisect_right(self.starts, section.start), bisect_right(self.starts, section.end - 1)
        inside = self.starts[low:high]
        if not inside:
            yield from cuts
            return
        levels = dict(cuts)
        for start in inside:
            levels[start] = max(levels.get(start, 0), 4.5)
        yield from sorted(levels.items())

    def _joined(self, passages: Iterable[_Passage]) -> Iterator[_Passage]:
        held: _Passage | None = None
        for passage in passages:
            if held is not None and self._together(held, passage):
                held = _Passage(
                    Span(
                        held.span.start,
                        passage.span.end,
                        held.span.tokens + passage.span.tokens,
                        held.span.overlap,
                    ),
                    held.sections + passage.sections,
                    whole=held.whole and passage.whole,
                    first=held.first,
                    small=held.small and passage.small,
                )
                continue
            if held is not None:
                yield held
            held = passage
        if held is not None:
            yield held

    def _together(self, held: _Passage, after: _Passage) -> bool:
        last, first = held.sections[-1], after.sections[0]
        total = held.span.tokens + after.span.tokens
        if last.group != first.group or last is first or total > self.most:
            return False
        if first.closing:
            return after.whole and total <= self.room * 1.2
        leads = all(section.lead for section in held.sections) and held.span.tokens <= self.room * _LEAD
        if leads and held.whole:
            return total <= self.room * 1.25
        return held.small and after.small and held.whole and total <= self.room

    def _context_tokens(self, section: Section) -> int:
        context = self._context([section], section.start, first=False)
        tokens = self.measure.tokens([context])[0] if context else 0
        return tokens if tokens <= self.room * _CONTEXT_SHARE else 0

    def _context(self, sections: Sequence[Section], start: int, *, first: bool) -> str:
        if self.is_code:
            symbol, kind = _symbol(sections)
            return contexts.of_code(symbol, kind, "" if first else sections[0].signature)
        header = max(sections, key=lambda s: s.end - s.start).mark.table_header
        if header is not None:
            shown = " ".join(self.text[start : start + 2000].split())  # a tab may stand for a space
            return contexts.of_prose("" if " ".join(header[:60].split()) in shown else header)
        return contexts.of_prose("" if first else lead_in(self.text, start))

    def _fitted(self, passage: _Passage) -> Iterator[Chunk]:
        """The passage as a chunk, or as several where the whole has more tokens than its parts promised."""
        start, end = passage.span.start, passage.span.end
        text = self.text[start:end]
        context = self._context(passage.sections, start, first=passage.first)
        if context and self.measure.tokens([context])[0] > self.room * _CONTEXT_SHARE:
            context = ""
        tokens = self.measure.whole([f"{context}\n{text}" if context else text])[0]
        if tokens > self.limit and context:
            context, tokens = "", self.measure.whole([text])[0]
        if tokens <= self.limit or end - start <= 1:
            yield self._chunk(passage, text, context, tokens)
            return
        middle = self._middle(start, end)
        for low, high, first in ((start, middle, passage.first), (middle, end, False)):
            span = Span(low, high, 0)
            yield from self._fitted(_Passage(span, passage.sections, whole=False, first=first))

    def _middle(self, start: int, end: int) -> int:
        """Near the middle, after white space where there is some."""
        half = (start + end) // 2
        for at in range(half, max(start, half - 200), -1):
            if self.text[at - 1].isspace():
                return at
        return half

    def _chunk(self, passage: _Passage, text: str, context: str, tokens: int) -> Chunk:
        start, end = passage.span.start, passage.span.end
        sections = [s for s in passage.sections if s.start < end and s.end > start] or passage.sections
        main = max(sections, key=lambda s: min(s.end, end) - max(s.start, start)).mark
        symbol, kind = _symbol(sections) if self.is_code else (main.symbol, main.symbol_kind)
        low, high = self.lines.span(self.text, start, end) if self.lines else (None, None)
        return Chunk(
            ordinal=0,
            text=text,
            char_start=start,
            char_end=end,
            context=context,
            tokens=tokens,
            page=main.page,
            line_start=low,
            line_end=high,
            heading=" > ".join(main.heading) or None,
            anchor=anchor_of(self._marks(start, end)) if self.starts else None,
            symbol=symbol,
            symbol_kind=kind,
            language=detect(text) if self.document.language is None else self.document.language or None,
        )

    def _marks(self, start: int, end: int) -> list[Mark]:
        low, high = bisect_right(self.starts, start), bisect_right(self.starts, end - 1)
        marks = list(self.document.marks[max(low - 1, 0) : max(high, low, 1)])
        return marks if marks[0].start < end else [Mark(0)]


def _symbol(sections: Sequence[Section]) -> tuple[str | None, str | None]:
    """The definitions a passage holds: one name, or a few with commas; their kind when it is one."""
    own = [s for s in sections if s.mark.symbol and s.signature]
    named = own or [s for s in sections if s.mark.symbol]
    named = [s for s in named if not s.lead] or named  # a class's head that leads to its first method
    names = list(dict.fromkeys(s.mark.symbol for s in named if s.mark.symbol))
    kinds = {s.mark.symbol_kind for s in named}
    return ", ".join(names[:_NAMES]) or None, kinds.pop() if len(kinds) == 1 else None


def _with_text(text: str, sections: Iterable[Section]) -> Iterator[Section]:
    """Sections without anything visible join the one before, at the start the one after."""
    held: Section | None = None
    blank = 0
    for section in sections:
        if not text[section.start : section.end].strip():
            if held is None:
                blank = blank or section.start
            else:
                held = replace(held, end=section.end)
            continue
        if held is not None:
            yield held
            held = section
        else:
            held = replace(section, start=0)
    if held is not None:
        yield held
