"""SubRip and WebVTT: what is said, with the time it is said at as its address."""

from __future__ import annotations

import re

from indexer.formats.decoding import decode
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.records import Document

_TIMING = re.compile(r"^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\d{3}\s+-->.*$", re.M)
_MARKUP = re.compile(r"<[^<>\n]{1,60}>|\{\\[^{}\n]{1,60}\}")


def read(source: Source) -> Document:
    text = decode(source.data).replace("\r\n", "\n")
    writer = Writer(source)
    times = list(_TIMING.finditer(text))
    previous = ""
    for cue, following in zip(times, [*times[1:], None], strict=False):
        raw = text[cue.end() : following.start() if following else len(text)]
        words = " ".join(_MARKUP.sub("", _without_number(raw)).split())
        if not words or words == previous:  # rolling captions repeat each line
            continue
        previous = words
        writer.mark(anchor=f"{int(cue[1] or 0):02}:{int(cue[2]):02}:{cue[3]}")
        if not writer.write(words + "\n"):
            break
    return writer.document("srt", empty="no subtitles in it")


def _without_number(raw: str) -> str:
    """A cue's lines; the blank line and the number or name of the next cue end it."""
    body, _, _ = raw.strip("\n").partition("\n\n")
    return body
