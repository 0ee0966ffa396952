"""From a page's raw text to what a person reads: words joined over line ends, ligatures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

CUT = "\ufffe"  # pdfium's sign for a hyphen at a line's end, which it takes out together with the line end

_CUT_WORD = re.compile(rf"([^\W_][\w'\u2019\u2010-]*)(?:{CUT}|[-\u2010]\n)(?=[^\W_])([\w\u2019']*)")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_LIGATURES = {0xFB00 + i: spelled for i, spelled in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
_CONJUNCTIONS = frozenset(("und", "oder", "bzw", "sowie", "bis", "and", "or"))  # begin no second half
_HEADS = re.compile(
    "cross|double|first|five|four|free|full|half|high|large|long|low|middle|multi|non|open|quasi|real|second|"
    "self|semi|short|single|six|small|third|three|two|user|well|wide|world"
)
_TAILS = re.compile(
    "based|built|defined|driven|friendly|known|level|made|oriented|reading|scale|specific|standing|term|time|"
    "wide|year"
)
_CJK = "\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_SPACED_CJK = re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}])")
_CJK_PAIR = re.compile(rf"[{_CJK}] ?(?=[{_CJK}])")
_BROKEN_LAM = {"\u0627\u0623\u0644": "\u0627\u0644\u0623", "\u0627\u0625\u0644": "\u0627\u0644\u0625",
               "\u0627\u0622\u0644": "\u0627\u0644\u0622"}  # fmt: skip


def tidy(pages: Sequence[str]) -> list[str]:
    """The pages' texts with cut words joined as the rest of the document writes them."""
    plain = [_plain(page) for page in pages]
    if not any(CUT in page or "-\n" in page or "\u2010\n" in page for page in plain):
        return plain
    words = Counter(word.casefold() for page in plain for word in _WORD.findall(page))
    return [_CUT_WORD.sub(lambda match: joined(match[1], match[2], words), page) for page in plain]


def joined(head: str, tail: str, words: Counter[str]) -> str:
    """The two halves of a word that a line end cut: "auto" and "matic" as "automatic", "well" and "known" as
    "well-known", "Vor" and "und" as "Vor- und"."""
    whole, hyphenated = words[(head + tail).casefold()], words[f"{head}-{tail}".casefold()]
    if whole != hyphenated:
        return head + tail if whole > hyphenated else f"{head}-{tail}"
    if tail.casefold() in _CONJUNCTIONS:
        return f"{head}- {tail}"
    last = re.split("[-\u2010]", head)[-1].casefold()
    common = _TAILS.fullmatch(tail.casefold()) or words[tail.casefold()] > 0
    is_compound = common and _HEADS.fullmatch(last)
    keeps = not (head[-1].isalpha() and tail[0].isalpha()) or tail[0].isupper() or len(last) == 1
    return f"{head}-{tail}" if keeps or is_compound or last != head.casefold() else head + tail


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LIGATURES)
    if text.isascii():
        return text
    for broken, right in _BROKEN_LAM.items():
        text = text.replace(broken, right)
    spaced = len(_SPACED_CJK.findall(text))
    if spaced > 5 and spaced * 2 > len(_CJK_PAIR.findall(text)):
        text = _SPACED_CJK.sub("", text)
    return text
