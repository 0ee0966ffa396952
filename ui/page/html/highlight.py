"""Text of files as HTML: the one place where it crosses into the page, always escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ui.page.html.safe import Html, joined

_SENTENCE = 40  # characters from which a span with spaces is a sentence and not words

ColourSpan = tuple[int, int, str]  # start, end, class


def marked(text: str, highlights: Iterable[Sequence[int]], colours: Iterable[ColourSpan] = ()) -> Html:
    """`text` as safe HTML: words in <mark>, the best sentence in <span class="sentence">, code in `colours`.

    Offsets count characters of `text`; those out of range are clipped, overlapping ones are merged.
    """
    spans = [(max(0, s), min(len(text), e)) for s, e in highlights]
    spans = [(s, e) for s, e in spans if s < e]
    sentences = [span for span in spans if _is_sentence(text, span, spans)]
    words = [span for span in spans if span not in sentences]
    tinted = [(max(0, s), min(len(text), e), c) for s, e, c in colours if s < e]
    bounds = {0, len(text)}
    for s, e in (*spans, *((s, e) for s, e, _ in tinted)):
        bounds |= {s, e}
    out: list[Html] = []
    for start, end in pairwise(sorted(bounds)):
        piece = Html.escape(text[start:end])
        for s, e, name in tinted:
            if s <= start and end <= e:
                piece = Html('<span class="{}">{}</span>').format(name, piece)
        if _inside(start, end, words):
            piece = Html("<mark>{}</mark>").format(piece)
        if _inside(start, end, sentences):
            piece = Html('<span class="sentence">{}</span>').format(piece)
        out.append(piece)
    return _seamless(joined(out))


def _seamless(html: Html) -> Html:
    return Html(str(html).replace("</mark><mark>", "").replace('</span><span class="sentence">', ""))


def with_commands(text: object) -> Html:
    """A message as HTML, what stands between backticks as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return Html.escape(str(text))
    code = Html("<code>{}</code>")
    return joined(code.format(part) if n % 2 else part for n, part in enumerate(parts))


def escape_markdown(text: object) -> str:
    """Any value for the few widgets that take only Markdown: every character that could start something."""
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and not c.isspace() else c for c in str(text))


def words_of(text: str, highlights: Iterable[Sequence[int]]) -> list[str]:
    """The highlighted words of `text`, sentences left out."""
    spans = [(max(0, s), min(len(text), e)) for s, e in highlights]
    return [text[s:e] for s, e in spans if s < e and not _is_sentence(text, (s, e), spans)]


def _is_sentence(text: str, span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    start, end = span
    holds_another = any(start <= s and e <= end and (s, e) != span for s, e in spans)
    return holds_another or (end - start >= _SENTENCE and any(c.isspace() for c in text[start:end]))


def _inside(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(s <= start and end <= e for s, e in spans)
