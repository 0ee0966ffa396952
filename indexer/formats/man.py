"""Manual pages: what a reader of troff would see, line for line, so that lines keep their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.formats.headings import heading_marks
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document

_REQUEST = re.compile(r"^[.'][ \t]*(?P<name>[^\s\\]*)[ \t]*(?P<rest>.*)$")
_ARGUMENT = re.compile(r'"((?:[^"]|"")*)"?|(\S+)')
_DEFINING = re.compile(r"de1?|am1?|ig")  # up to a line of two dots
_JOINED = frozenset({"BR", "RB", "IR", "RI", "BI", "IB"})  # fonts in turn, nothing between the words
_OF_MAN = "PP P LP TP TQ HP RS RE PD DT EX EE Vb Ve Sp IX UE ME YS AT UC TS TE INDENT UNINDENT"
_OF_MDOC = "Dd Os Bd Ed Bl El Bk Ek Pp Rs Re"
_SILENT = frozenset(f"{_OF_MAN} {_OF_MDOC}".split())
_LOOKS = (
    "Ad An Ap Aq Ar Bq Bo Bc Brq Cd Cm Dl Do Dq Dv Em Er Ev Fa Fl Fn Ft Ic In Li Lk Ms Nm No Ns Op Oo Oc Pa"
    " Po Pc Pf Pq Ql Qq Sm So Sq Sy Sx Tn Ux Va Vt Xo Xc Xr"
)
_WITHIN = frozenset(_LOOKS.split())  # of mdoc: a word that says how the next ones look
_ESCAPES = re.compile(
    r"\\(?:(?P<comment>[\"#].*)|(?P<quote>\((?:aq|dq|oq|cq|lq|rq)|\*\((?:lq|rq|Aq))"
    r"|\((?P<sign>..)|\[(?P<long>[^\]\n]*)\]"
    r"|[fgkmMnVY*](?:\(..|\[[^\]\n]*\]|.)|s(?:[-+]?\d+|\(\d\d|\[[^\]\n]*\])"
    r"|[bBCDhHlLNoRSvwxXZA]'[^'\n]*'|(?P<one>.))"
)
_QUOTES = {"aq": "'", "Aq": "'", "oq": "‘", "cq": "’", "dq": '"', "lq": "“", "rq": "”"}
_SIGNS = {"bu": "•", "co": "©", "em": "—", "en": "–", "mi": "−", "ti": "~", "ha": "^", "rs": "\\", "->": "→"}
_LETTERS = {"-": "-", "e": "\\", "\\": "\\", "'": "´", "`": "`", ".": ".", " ": " ", "~": " ", "0": " "}
_NAMED = re.compile(r"^(?P<name>\S.{0,80}?)\s+[-–—]+\s+\S")


def read(source: Source) -> Document:
    raw, notes = own_text(source)
    lines, headings, at, title, section = [], [], 0, None, ""
    named = False  # the line after the heading NAME says what the page is called
    for line, level in _rendered(raw):
        if level == 0:
            called, _, section = line.partition(" ")
            title = f"{called.lower()}({section})" if section else called
        elif level:
            named = line.casefold() == "name"
            headings.append((at, level, line))
        elif named and (match := _NAMED.match(line)):
            called = match["name"].split(",")[0]
            title, named = f"{called}({section})" if section else called, False
        line = "" if level == 0 else line
        lines.append(line)
        at += len(line) + 1
    return Document(
        "\n".join(lines), "man", title=one_line(title), marks=heading_marks(headings), notes=notes
    )


def _rendered(raw: str) -> Iterator[tuple[str, int | None]]:
    """Each line as it reads, and the level of a heading; 0 for the title and its section."""
    defining = False
    for line in raw.split("\n"):
        request = _REQUEST.match(line.rstrip("\r"))
        if defining or request is None:
            defining = defining and not line.startswith("..")
            yield ("" if defining or line.startswith("..") else _bare(line)), None
            continue
        name, words = request["name"], _words(request["rest"])
        defining = bool(_DEFINING.fullmatch(name))
        if name in ("TH", "Dt"):
            yield " ".join(words[:2]), 0
        elif name.upper() in ("SH", "SS") and words:
            yield " ".join(words), 1 if name.upper() == "SH" else 2
        elif not name[:1].isupper() or name in _SILENT:
            yield "", None
        elif name == "IP":
            yield " ".join(words[:1]), None
        else:
            yield ("" if name in _JOINED else " ").join(_looking([name, *words])), None


def _words(rest: str) -> list[str]:
    """The arguments of a request, which may be quoted."""
    kept = re.sub(r'\\["#].*', "", rest).replace("\\ ", "\\~")
    return [_bare(a.replace('""', '"') or b) for a, b in _ARGUMENT.findall(kept)]


def _looking(words: list[str]) -> Iterator[str]:
    """The arguments of a macro, its name before them, without those that only say how others look."""
    flag = False
    for place, word in enumerate(words):
        if place == 0 or word in _WITHIN:
            flag = word == "Fl"
        else:
            yield f"-{word}" if flag else word
            flag = False


def _bare(text: str) -> str:
    """Without escapes."""

    def meant(match: re.Match[str]) -> str:
        if quote := match["quote"]:
            return _QUOTES[quote[-2:]]
        if sign := match["sign"] or match["long"]:
            return _SIGNS.get(sign, _QUOTES.get(sign, ""))
        return _LETTERS.get(match["one"] or "", "")

    return _ESCAPES.sub(meant, text)
