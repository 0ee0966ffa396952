"""The properties of a mail that Outlook saved: a compound file (MS-OXMSG)."""

from __future__ import annotations

import datetime
import io
import struct
from collections.abc import Iterator
from typing import Any

from indexer.formats.mail import mapi
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed

_HEADER, _INNER_HEADER = 32, 24  # bytes before the properties of a mail, of a mail inside it
_ATTACHMENTS, _DEPTH = 200, 3
_EPOCH = datetime.datetime(1601, 1, 1)


def letter_of(source: Source) -> mapi.Letter:
    """Raises ExtractionFailed for a file that cannot be opened."""
    import olefile

    try:
        file = olefile.OleFileIO(io.BytesIO(source.data))
    except OSError as error:
        raise ExtractionFailed(f"the msg file is damaged: {error}") from error
    return _letter(file, [], 0)


def attachments(source: Source) -> Iterator[tuple[str, bytes]]:
    """(name, data) of a mail's files and of those in the mails inside it."""
    waiting = [letter_of(source)]
    while waiting:
        letter = waiting.pop()
        yield from letter.attachments
        waiting.extend(letter.inner)


def _letter(file: Any, at: list[str], depth: int) -> mapi.Letter:
    deep = len(at)
    names = {path[deep] for path in file.listdir() if path[:deep] == at and len(path) > deep}
    fixed = _fixed(file, at, _INNER_HEADER if depth else _HEADER)
    page = (fixed.get(mapi.CODE_PAGE) or fixed.get(mapi.INTERNET_CODE_PAGE) or 0) & 0xFFFF

    def string(number: int) -> str:
        for kind, wide in (("001F", True), ("001E", False)):
            name = f"__substg1.0_{number:04X}{kind}"
            if name in names:
                return mapi.text(_bytes(file, [*at, name]), wide=wide, code_page=page)
        return ""

    def binary(number: int) -> bytes:
        return _bytes(file, [*at, f"__substg1.0_{number:04X}0102"])

    letter = mapi.Letter(
        subject=string(mapi.SUBJECT),
        sender=mapi.address(string(mapi.SENDER), string(mapi.SENDER_SMTP) or string(mapi.SENDER_ADDRESS)),
        to=string(mapi.TO),
        cc=string(mapi.CC),
        date=_date(fixed.get(mapi.SENT) or fixed.get(mapi.RECEIVED)),
        plain=string(mapi.BODY),
        html=binary(mapi.HTML) or string(mapi.HTML).encode(),
    )
    if not letter.html and not letter.plain.strip():
        letter.rtf = mapi.unpacked_rtf(binary(mapi.RTF))
    for name in sorted(n for n in names if n.startswith("__attach"))[:_ATTACHMENTS]:
        _attach(file, letter, [*at, name], page, depth)
    return letter


def _attach(file: Any, letter: mapi.Letter, at: list[str], page: int | None, depth: int) -> None:
    inner = [*at, f"__substg1.0_{mapi.CONTENT:04X}000D"]
    if file.exists(inner):
        if depth < _DEPTH and file.exists([*inner, "__properties_version1.0"]):
            letter.inner.append(_letter(file, inner, depth + 1))
        return
    name = ""
    for number in (mapi.LONG_NAME, mapi.DISPLAY_NAME, mapi.SHORT_NAME):
        for kind, wide in (("001F", True), ("001E", False)):
            path = [*at, f"__substg1.0_{number:04X}{kind}"]
            if not name and file.exists(path):
                name = mapi.text(_bytes(file, path), wide=wide, code_page=page)
    data = _bytes(file, [*at, f"__substg1.0_{mapi.CONTENT:04X}0102"])
    letter.attachments.append((name, data))


def _bytes(file: Any, path: list[str]) -> bytes:
    try:
        return bytes(file.openstream(path).read()) if file.exists(path) else b""
    except (OSError, ValueError):
        return b""


def _fixed(file: Any, at: list[str], header: int) -> dict[int, int]:
    """Properties of up to eight bytes, by number."""
    data = _bytes(file, [*at, "__properties_version1.0"])
    entries = range(header, len(data) - 15, 16)
    return dict(struct.unpack_from("<2xH4xQ", data, entry) for entry in entries)


def _date(ticks: int | None) -> str | None:
    """From tenths of microseconds since 1601."""
    try:
        return (_EPOCH + datetime.timedelta(microseconds=ticks / 10)).date().isoformat() if ticks else None
    except OverflowError:
        return None
