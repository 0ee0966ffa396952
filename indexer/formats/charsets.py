"""Encodings by the names that mails and pages give them, decoded as the programs of their time wrote them."""

from __future__ import annotations

import codecs
import re

# what the declared name stands for in practice: the larger set that programs write under it
_FAMILIES = {
    "gb18030": ("gb2312", "gbk", "x-gbk", "euc-cn", "gb_2312-80", "cp936", "windows-936", "csgb2312"),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "csshiftjis"),
    "jis": ("iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "csiso2022jp",
            "jis", "cp50220", "cp50221"),
    "euc-jis": ("euc-jp", "eucjp", "x-euc-jp", "euc-jp-ms", "cp51932", "ujis"),
    "cp949": ("euc-kr", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601", "korean", "windows-949", "uhc"),
    "big5hkscs": ("big5", "big5-hkscs", "cp950", "x-x-big5", "big5-eten"),
    "cp1252": ("iso-8859-1", "latin-1", "latin1", "iso8859-1", "l1", "ansi", "x-ansi"),
    "cp1254": ("iso-8859-9", "latin5"),
    "cp874": ("tis-620", "iso-8859-11", "windows-874"),
    "cp1255": ("iso-8859-8-i", "iso-8859-8-e", "iso-8859-8", "logical"),
    "iso8859_6": ("iso-8859-6-i", "iso-8859-6-e"),
    "mac_roman": ("macintosh", "x-mac-roman", "mac"),
    "mac_cyrillic": ("x-mac-cyrillic", "x-mac-ukrainian"),
    "koi8_u": ("koi8-ru", "koi8-u"),
}  # fmt: skip
_BY_NAME = {name: family for family, names in _FAMILIES.items() for name in names}
_ESCAPE = re.compile(
    rb"\x1b(?:(?P<ascii>\([BJH])|(?P<kana>\(I)|(?P<kanji>\$(?:\([BD@OQ]|[B@]))|\$\(A|\.[AF]|N)"
)
_NO_TEXT = ("ascii", "base64", "hex", "idna", "punycode", "raw_unicode_escape")
_LOST = 0.04  # of the characters: with more of them broken it is not in the declared encoding


def family(name: str) -> str | None:
    """The encoding that `name` stands for, or None where Python knows no such name."""
    label = name.strip().strip("\"'").lower()
    if encoding := _BY_NAME.get(label) or _BY_NAME.get(label.replace("_", "-")):
        return encoding
    try:
        encoding = codecs.lookup(label.removeprefix("x-")).name
    except (LookupError, ValueError):
        return None
    return None if encoding in _NO_TEXT else encoding


def decoded(data: bytes, name: str) -> str | None:
    """`data` in the declared encoding or its larger sister; None where that cannot be it."""
    encoding = family(name)
    if encoding is None:
        return None
    try:
        if encoding == "jis":
            text = from_jis(data)
        elif encoding == "euc-jis":
            text = _from_euc(data)
        else:
            text = data.decode(encoding, "replace")
    except (LookupError, ValueError):  # not an encoding of text
        return None
    return text if isinstance(text, str) and text.count("\ufffd") <= max(len(text) * _LOST, 1) else None


def from_jis(data: bytes) -> str:
    """ISO-2022-JP with the characters that Windows and NEC add to it, and with half-width kana."""
    parts: list[str] = []
    mode, start = "ascii", 0
    for match in _ESCAPE.finditer(data):
        parts.append(_stretch(data[start : match.start()], mode))
        mode, start = match.lastgroup or "ascii", match.end()
    parts.append(_stretch(data[start:], mode))
    return "".join(parts)


def _stretch(data: bytes, mode: str) -> str:
    if mode == "kana":
        return bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in data).decode(
            "cp932", "replace"
        )
    if mode == "kanji":  # a line's end ends it, also where the escape for that is missing
        head, newline, rest = data.partition(b"\n")
        return _kanji(head) + newline.decode() + rest.decode("utf-8", "replace")
    return data.decode("utf-8", "replace")


def _kanji(pairs: bytes) -> str:
    """Characters by row and cell (0x21 to 0x7E each), as Shift JIS numbers them."""
    shifted = bytearray()
    pairs = pairs.rstrip(b"\r")
    for row, cell in zip(pairs[::2], pairs[1::2], strict=False):
        row, cell = row & 0x7F, cell & 0x7F
        lead = (row - 0x21) // 2 + 0x81
        shifted.append(lead if lead < 0xA0 else lead + 0x40)
        if row % 2:
            shifted.append(cell + 0x1F + (cell >= 0x60))
        else:
            shifted.append(cell + 0x7E)
    return shifted.decode("cp932", "replace")


def _from_euc(data: bytes) -> str:
    try:
        return data.decode("euc_jp")
    except UnicodeDecodeError:
        pairs = re.compile(rb"(?:[\xa1-\xfe]{2})+|\x8e[\xa1-\xdf]")
        parts, at = [], 0
        for match in pairs.finditer(data):
            parts.append(data[at : match.start()].decode("ascii", "replace"))
            character = match[0]
            parts.append(character[1:].decode("cp932") if character[0] == 0x8E else _kanji(character))
            at = match.end()
        return "".join(parts) + data[at:].decode("ascii", "replace")
