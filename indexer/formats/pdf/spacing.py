"""Words set with spaces between their letters, put together by the widths of the gaps."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2.raw as pdfium

_RUN = re.compile(r"(?<![^\W\d_])(?:[a-zA-Z\u00c0-\u04ff] {1,3}){5,}[a-zA-Z\u00c0-\u04ff](?![^\W\d_])")
_WIDER = 1.5  # than the gap between two letters: a gap between two words
_APART = 2.5  # letters' widths: columns of single letters rather than a word


def has_spaced_letters(text: str) -> bool:
    return _RUN.search(text) is not None


def unspaced(textpage: Any) -> str:
    """The page's text with every run of single letters as the words that their gaps make."""
    codes = (pdfium.FPDFText_GetUnicode(textpage, i) for i in range(textpage.count_chars()))
    text = "".join("\ufffe" if code == 2 else chr(code) for code in codes if code < 0x110000)

    def words(run: re.Match[str]) -> str:
        places = [at for at in range(run.start(), run.end()) if text[at] != " "]
        boxes = [textpage.get_charbox(at) for at in places]
        gaps = [after[0] - box[2] for box, after in pairwise(boxes)]
        if median(gaps) > _APART * median(box[2] - box[0] for box in boxes):
            return run[0]
        widest = max(median(gaps) * _WIDER, 0.1)
        joined = [text[places[0]]]
        for at, gap in zip(places[1:], gaps, strict=True):
            joined.append(f" {text[at]}" if gap > widest else text[at])
        return "".join(joined)

    return _RUN.sub(words, text)
