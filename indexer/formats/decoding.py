"""Bytes to text, whatever the encoding. Newlines stay as they are, so that lines are the file's lines."""

from __future__ import annotations

import codecs
import re
import unicodedata

from indexer.formats import alphabets, charsets
from searcher.errors import UnreadableKind

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_JIS = (b"\x1b$B", b"\x1b$@", b"\x1b(I", b"\x1b$(D")  # what ISO-2022-JP changes its characters with
_KOREAN = b"\x1b$)C"
_SAMPLE = 1 << 16
_MANY = 200  # different characters that no text has: with them it is none
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")  # UTF-16's, as Java and some databases write UTF-8
_HIGH = re.compile(rb"[\x80-\xff]+")
_LETTERS = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]|[\x80-\xff]{2}")  # as words have them
_KANA = re.compile("[\u3041-\u30fe]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")  # what Chinese looks like when it is taken for Japanese
_IN_USE = [
    *(f"cp{page}" for page in (1252, *range(1250, 1258), 437, 850, 855, 866, 874, 932, 949)),
    *(f"iso8859_{part}" for part in (2, 5, 6, 7)),
    *("koi8_r", "koi8_u", "mac_roman", "mac_cyrillic", "gb18030", "big5", "euc_jp", "euc_kr", "johab"),
]  # of the hundred encodings Python knows
_WESTERN, _HUNGARIAN = re.compile("[èàêñã]".encode("cp1252")), re.compile("[őű]".encode("cp1250"))
_LATIN2 = re.compile(rb"(?s)[a-z\xe0-\xfe][\xb1\xb6\xa9\xae\xbb][a-z]|\xb9.{0,2000}\xbe|\xbe.{0,2000}\xb9")
_WINDOWS_LETTERS = re.compile(rb"[\x80-\x9f]")  # none of them is a letter in ISO 8859
_CONTROL = bytes((*range(8), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F))


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text of `data` without its byte order mark. Raises UnreadableKind for binary data.

    `declared` is what the file says of itself; it is believed only where the bytes allow it."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return str(memoryview(data)[len(mark) :], encoding, "replace")
    if b"\0" in data:
        return _without_mark(data)
    if b"\x1b" in data:
        is_jis = b"\x1b(" in data or (declared is not None and charsets.family(declared) == "jis")
        if is_jis and any(mark in data for mark in _JIS):
            return _not_binary(charsets.from_jis(data))
        if _KOREAN in data and (text := _strictly(data, "iso2022_kr")) is not None:
            return text
    if declared and declared.lower() in ("hz", "hz-gb-2312", "utf-7") and data.isascii():
        return charsets.decoded(data, declared) or data.decode("ascii")
    try:
        return _not_binary(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if declared and (text := charsets.decoded(data, declared)) is not None:
        return text
    if _mostly_utf8(data):
        return _with_surrogates(data)
    if _nearly_ascii(data):
        return _not_binary(data.decode("cp1252", "replace"))
    return _not_binary(data.decode(_guess(data), "replace"))


def looks_binary(head: bytes) -> bool:
    """Whether the first kilobytes of a file are not text in any encoding."""
    try:
        decode(head[: len(head) // 4 * 4])
    except UnreadableKind:
        return True
    return False


def _not_binary(text: str) -> str:
    if _controls(text[:_SAMPLE]) > min(len(text), _SAMPLE) * 0.02:
        raise UnreadableKind("binary data, not text")
    return text


def _controls(text: str) -> int:
    """How many control characters it has that no text has; bytes tell it in a third of a pattern's time."""
    data = text.encode("utf-8", "replace")
    return len(data) - len(data.translate(None, _CONTROL))


def _without_mark(data: bytes) -> str:
    """UTF-8 with a few NULs, as a crash leaves them; UTF-16 or UTF-32 that does not say so; else binary."""
    head = data[:_SAMPLE].rstrip(b"\0")
    # half of the bytes of UTF-16 in Latin letters; a crash leaves them side by side
    is_wide = head.count(0) > len(head) * 0.2 and b"\0\0\0\0" not in head
    text = "" if is_wide else _strictly(data.rstrip(b"\0"), "utf-8") or ""
    if text and text.count("\0") < len(text) * 0.05:
        return _not_binary(text.replace("\0", " "))
    sample = data[: _SAMPLE // 4 * 4]
    for encoding in _wide_candidates(sample):
        text = data.decode(encoding, "replace")
        if _plausible(text[:_SAMPLE]):
            return text
    raise UnreadableKind("binary data (NUL bytes), not text")


def _wide_candidates(sample: bytes) -> list[str]:
    if len(sample) % 2:
        sample = sample[:-1]
    nuls = [sample[offset::4].count(0) * 4 / max(len(sample), 1) for offset in range(4)]
    if nuls[2] > 0.9 and nuls[3] > 0.9:
        return ["utf-32-le"]
    if nuls[0] > 0.9 and nuls[1] > 0.9:
        return ["utf-32-be"]
    return sorted(("utf-16-le", "utf-16-be"), key=lambda order: -_spaces(sample.decode(order, "replace")))


def _spaces(text: str) -> int:
    """Characters any text has many of, and text with its bytes swapped has not."""
    return sum(map(text.count, " \n\t,.\u3000\u3001\u3002\uff0c"))


def _plausible(text: str) -> bool:
    """Letters, marks, digits, punctuation and spaces; next to nothing unassigned, private or broken."""
    letters = set(text)
    broken = [c for c in letters if c == "\ufffd" or unicodedata.category(c) in ("Cn", "Co", "Cs")]
    bad = sum(map(text.count, broken)) if len(broken) < _MANY else len(text)
    scripts = {ord(c) >> 10 for c in letters if c.isalpha() and not "\u3400" <= c <= "\ud7ff"}
    return (
        _spaces(text) > len(text) * 0.01
        and bad <= len(text) * 0.01
        and _controls(text) <= len(text) * 0.02
        and len(scripts) < 12
    )


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):
        return None


def _mostly_utf8(data: bytes) -> bool:
    """A UTF-8 file with a few broken bytes, or one cut within a character."""
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    good = sum(len(match) for match in _MULTIBYTE.findall(data))
    return good > 0 and (high - good) * 8 <= good


def _with_surrogates(data: bytes) -> str:
    """UTF-8 with what is broken replaced; two surrogates that make one character are that character."""
    if not _SURROGATE.search(data):
        return data.decode("utf-8", "replace")
    try:
        text = data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _nearly_ascii(data: bytes) -> bool:
    """English, code or data with a stray byte: too little to tell a language by, so none is guessed."""
    runs = _HIGH.findall(data)
    high = sum(map(len, runs))
    if max(map(len, runs), default=0) > 3:  # a word in a script of its own
        return False
    lone_pair = len(set(runs)) == 1 and len(runs[0]) > 1 and high * 4 <= len(data)
    return high * 100 <= len(data) or lone_pair or not _LETTERS.search(data)


def _guess(data: bytes) -> str:
    sample = _informative(data)
    for encoding in ("euc_jp", "cp932"):  # short Japanese texts pass for Chinese too easily
        text = _strictly(sample, encoding) or ""
        if len(_KANA.findall(text)) > len(text) * 0.15:
            return encoding
    if alphabet := alphabets.latin(sample):
        return alphabet
    if alphabets.is_hebrew(sample):
        return "cp1255"
    if chinese := alphabets.chinese(sample):
        return chinese
    from charset_normalizer import from_bytes

    matches = list(from_bytes(sample, cp_isolation=_IN_USE))
    if not matches:
        return "cp1252"
    best = matches[0]
    for match in matches[1:]:  # as good, and far more common unless it is Hungarian
        as_good = (match.chaos, match.coherence) == (best.chaos, best.coherence)
        if (
            as_good
            and match.encoding == "cp1252"
            and (_WESTERN.search(sample) or not _HUNGARIAN.search(sample))
        ):
            best = match
    if best.encoding == "cp1250" and _LATIN2.search(sample) and not _WINDOWS_LETTERS.search(sample):
        return "iso8859_2"
    if best.encoding == "mac_cyrillic" and not _WINDOWS_LETTERS.search(sample):  # its capital letters
        return "cp1251"
    if best.encoding == "cp932" and len(_HALF_WIDTH.findall(str(best))) > len(str(best)) * 0.3:
        return "gb18030" if _strictly(data, "gb18030") is not None else best.encoding
    return best.encoding


def _informative(data: bytes) -> bytes:
    """Whole lines around the first non-ASCII byte, enough to recognise an encoding by."""
    if len(data) <= _SAMPLE:
        return data
    first = re.search(rb"[\x80-\xff]", data)
    start = data.rfind(b"\n", 0, first.start() if first else 0) + 1
    end = data.rfind(b"\n", start, start + _SAMPLE)
    return data[start : end if end > start else start + _SAMPLE]
