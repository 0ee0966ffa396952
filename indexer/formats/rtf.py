"""Rich Text: what is printed of it, footnotes in place, tables by rows, in the code pages of its fonts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.formats.office.package import own_date
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z'])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)", re.S
)  # fmt: skip
_PICTURE = re.compile(rb"(?:[0-9a-fA-F]{2}[\r\n ]*){500,}")  # hexadecimal, slow to walk through and no text
_BREAKS = {
    "par": "\n", "sect": "\n\n", "page": "\n\n", "line": "\n", "tab": "\t", "row": "\n", "cell": " | ",
    "nestcell": " ", "nestrow": " ", "emdash": "\u2014", "endash": "\u2013", "lquote": "\u2018",
    "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022", "emspace": " ",
    "enspace": " ",
}  # fmt: skip
# groups whose text is not printed; a list's numbers are said by its items
_SILENT = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "fldinst", "object", "objdata", "datafield",
    "listtable",
    "listoverridetable", "rsidtbl", "generator", "themedata", "colorschememapping", "latentstyles",
    "datastore",
    "xmlnstbl", "mmathPr", "filetbl", "revtbl", "pgptbl", "bkmkstart", "bkmkend", "nonshppict", "background",
    "sp", "sn", "sv", "levelnumbers", "leveltext", "listname", "listtext", "pntext", "pntxta", "pntxtb",
    "atrfstart", "atrfend", "atnid", "atnref", "atntime", "atndate", "xe", "tc", "rxe", "txe", "htmltag",
    "mhtmltag", "shpinst",
}  # fmt: skip
_PRINTED = {"shptxt", "shprslt", "footnote", "annotation", "atnauthor", "fldrslt", "upr", "ud", "title"}
_EDGES = {edge + page for edge in ("header", "footer") for page in ("", "l", "r", "f")}
_PROGRAMS = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_STATES = ("bin", "u", "f", "fcharset", "cpg", "plain", "uc", "ansicpg", "v", "deleted", "htmlrtf")
_MEANT = frozenset(w.encode() for w in (*_BREAKS, *_SILENT, *_PRINTED, *_EDGES, *_PROGRAMS, *_STATES))
_CODE_PAGES = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
_TITLE = re.compile(rb"\{\\title ((?:[^{}\\]|\\[^\n]){1,500})\}")
_TIME = re.compile(rb"\{\\(creatim|revtim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def read(source: Source) -> Document:
    text, title, created = parsed(source.data)
    writer = Writer(source)
    writer.write(text)
    return writer.document("rtf", title=title, date=created)


def parsed(data: bytes) -> tuple[str, str | None, str | None]:
    """Text, title and date."""
    title = _TITLE.search(data)
    dates = {
        m[1]: "{}-{:0>2}-{:0>2}".format(*(m[n].decode() for n in (2, 3, 4))) for m in _TIME.finditer(data)
    }
    return (
        _RtfWalk(data).text(),
        one_line(_RtfWalk(b"{\\rtf1 " + title[1] + b"}").text()) if title else None,
        own_date(dates.get(b"creatim"), dates.get(b"revtim")),
    )


@dataclass(slots=True)
class _Group:
    silent: bool = False  # not printed at all
    hidden: bool = False  # its letters are: hidden, deleted
    font: int | None = None
    skips: int = 1  # characters behind a \u that stand for it in older programs
    marked: bool = False  # began with \*
    twice: bool = False  # a group for older programs is next, which says what the one behind it says
    note: str = ""  # what its text is written into: footnote, edge


class _RtfWalk:
    def __init__(self, data: bytes) -> None:
        self._data = _PICTURE.sub(b"", data)
        self._fonts: dict[int, str] = {}
        self._page = "cp1252"
        self._parts: list[str] = []
        self._edges: list[str] = []
        self._waiting = bytearray()  # bytes of one code page

    def text(self) -> str:
        group, stack = _Group(), []
        skip = at = 0
        in_fonts = False
        font = 0
        while match := _TOKEN.match(self._data, at):
            at = match.end()
            kind = match.lastgroup
            if kind == "text":
                if group.silent:
                    skip = max(skip - len(match["text"]), 0) if skip else 0
                elif skip:
                    self._waiting += match["text"][skip:]
                    skip = max(skip - len(match["text"]), 0)
                else:
                    self._waiting += match["text"]
            elif kind == "word" or kind == "number":
                if match["word"] not in _MEANT:
                    group.silent = group.silent or group.marked  # a group that this reader does not know
                    continue
                word = match["word"].decode()
                number = int(match["number"]) if kind == "number" else None
                if word == "bin" and number and number > 0:
                    at += number
                elif word == "u" and number is not None:
                    self._flush(group)
                    self._put(chr(number % 65536), group)
                    skip = group.skips
                elif word == "fonttbl":
                    group.silent = in_fonts = True
                elif in_fonts and word in ("f", "fcharset", "cpg"):
                    font = number or 0 if word == "f" else font
                    if word == "fcharset" and number in _CODE_PAGES:
                        self._fonts[font] = _CODE_PAGES[number]
                    elif word == "cpg" and number:
                        self._fonts[font] = f"cp{number}"
                else:
                    self._control(word, number, group)
            elif kind == "hex":
                if skip:
                    skip -= 1
                elif not group.silent:
                    self._waiting.append(int(match["hex"], 16))
            elif kind == "brace":
                if self._waiting:
                    self._flush(group)
                if match["brace"] == b"{":
                    stack.append(group)
                    silent, group.twice = group.silent or group.twice, False
                    group = _Group(silent, group.hidden, group.font, group.skips, note=group.note)
                elif stack:
                    if group.note == "footnote" and stack[-1].note != "footnote":
                        self._put("] ", group)
                    group = stack.pop()
                    in_fonts = in_fonts and bool(stack) and len(stack) > 1
                skip = 0
            elif kind == "sign":
                sign = match["sign"].decode("latin-1")
                if sign == "*":
                    group.marked = True
                elif skip and sign in "\\{}":
                    skip -= 1
                elif sign in "\\{}":
                    self._waiting.extend(match["sign"]) if not group.silent else None
                else:
                    self._flush(group)
                    self._put({"~": " ", "_": "-", "\n": "\n", "\r": "\n", "\t": "\t"}.get(sign, ""), group)
        self._flush(group)
        text = "".join([*self._parts, "\n\n" if self._edges else "", *self._edges])
        # characters beyond the first plane are written as two escapes, a surrogate pair
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return re.sub(r" \| *(?=\n)|[ \t]+(?=\n)", "", re.sub(r"\n{3,}", "\n\n", text)).strip() + "\n"

    def _control(self, word: str, number: int | None, group: _Group) -> None:
        if word in _BREAKS:
            self._flush(group)
            self._put(_BREAKS[word], group)
        elif word in _SILENT:
            group.silent = True
        elif word in _PRINTED:
            self._flush(group)
            group.silent = False
            group.twice = word == "upr"
            if word in ("footnote", "annotation") and not group.note:
                group.note = "footnote"
                self._put(" [", group)
        elif word in _EDGES:
            group.note, group.silent = "edge", False
            self._put("\n", group)
        elif word == "f" and number is not None:
            self._flush(group)
            group.font = number
        elif word == "plain":
            self._flush(group)
            group.font = None
        elif word == "uc" and number is not None:
            group.skips = max(number, 0)
        elif word == "ansicpg" and number:
            self._page = f"cp{number}"
        elif word in _PROGRAMS:
            self._page = _PROGRAMS[word]
        elif word in ("v", "deleted", "htmlrtf"):
            self._flush(group)
            group.hidden = number != 0

    def _flush(self, group: _Group) -> None:
        if not self._waiting:
            return
        data, self._waiting = bytes(self._waiting), bytearray()
        if data.isascii():
            self._put(data.decode(), group)
            return
        for page in (
            self._fonts.get(group.font if group.font is not None else -1, self._page),
            self._page,
            "cp1252",
        ):
            try:
                self._put(data.decode(page, "replace"), group)
                return
            except LookupError:  # a code page Python does not know
                continue

    def _put(self, text: str, group: _Group) -> None:
        if not (group.silent or group.hidden):
            (self._edges if group.note == "edge" else self._parts).append(text)
