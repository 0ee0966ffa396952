"""Recordings of which only the ends are read say nothing that the middle would tell otherwise."""

from __future__ import annotations

import io
import struct

import pytest

from indexer.chunking.chunker import chunk
from indexer.formats.media import excerpt
from indexer.formats.reading import extract_bytes
from indexer.formats.source import Limits
from searcher.text.language import detect

RATE = 48_000  # ticks of an Opus file's clock a second


def opus(seconds: int) -> bytes:
    """An Ogg file with the two heads of Opus, and a page for each second; the first begins to count."""

    def page(number: int, ticks: int, data: bytes) -> bytes:
        pieces = bytes([*[255] * (len(data) // 255), len(data) % 255])
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, 2 * (number == 0), ticks, 1, number, 0, len(pieces))
        return head + pieces + data

    title = b"TITLE=Rain on the roof"
    begin = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, RATE, 0, 0)
    tags = b"OpusTags" + struct.pack("<I4sII", 4, b"none", 1, len(title)) + title
    sound = (page(n + 2, (n + 1) * RATE, bytes(4_000)) for n in range(seconds))
    return b"".join((page(0, 0, begin), page(1, 0, tags), *sound))


@pytest.mark.parametrize(("seconds", "length"), [(65, "1:04 min"), (600, None)])
def test_the_length_of_an_ogg_file_is_right_or_left_out(seconds: int, length: str | None) -> None:
    data = opus(seconds)
    read = extract_bytes("rain.opus", excerpt.take(io.BytesIO(data), len(data)), Limits())
    assert read.title == "Rain on the roof"
    assert (length in read.text) if length else (" min" not in read.text)


def test_a_few_words_about_a_recording_are_in_no_language() -> None:
    """What tells languages apart took "pluck pcm8, Audio, WAV" for Hausa."""
    document = extract_bytes("rain.opus", opus(3), Limits())
    assert detect(document.text) is not None
    (only,) = chunk(
        document, path="/rain.opus", count=lambda texts: [len(t) for t in texts], target=80, limit=120
    )
    assert only.language is None
