"""How much of other people's files is read, beside independent readers of the same formats.

    python -m benchmarks.foreign DIR [--json FILE] [--limit N]

For every file below DIR: is it read, how long does it take by the clock, how large is the process after it,
and what share of the words that another reader finds in it is there too. (Processor time is measured by
`python -m benchmarks.reading_speed`.) The others are pdftotext (poppler), pandoc, openpyxl, antiword, and the
standard library's mail parser; a format without one on this machine has no reference and shows dashes. Glued
words are ours that are two neighbours of the reference in one; split words are the reference's that are two
of ours. An address is right when the words of a page (PDF) or a sheet (Excel) stand under that page or sheet.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
import re
import shutil
import subprocess
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psutil

from indexer.extraction.extractor import Extractor
from indexer.formats import Limits
from searcher.errors import ExtractionFailed
from searcher.records import Document
from searcher.settings import Settings

WORD = re.compile(r"\w+")
_BY_PANDOC = "docx odt epub html rtf fb2 ipynb rst org"
PANDOC = {kind: kind for kind in _BY_PANDOC.split()} | {"tex": "latex", "md": "markdown"}  # its own names
SECONDS = 30  # for another reader


@dataclass
class Format:
    """What came of the files of one format."""

    files: int = 0
    read: int = 0
    compared: int = 0
    shares: list[float] = field(default_factory=list)  # of the reference's words, a file each
    glued: int = 0
    split: int = 0
    places: int = 0  # pages or sheets that were looked up
    right: int = 0
    seconds: float = 0.0
    resident: int = 0  # bytes of the reading process after the file that left it the largest
    reasons: Counter[str] = field(default_factory=Counter)

    def row(self) -> dict[str, object]:
        shares = sorted(self.shares)
        return {
            "files": self.files,
            "read": self.read,
            "compared": self.compared,
            "median": shares[len(shares) // 2] if shares else None,
            "worst_decile": shares[len(shares) // 10] if shares else None,
            "glued": self.glued,
            "split": self.split,
            "addresses_right": self.right / self.places if self.places else None,
            "ms_a_file": 1000 * self.seconds / max(self.files, 1),
            "mb": self.resident >> 20,
        }


def words(text: str) -> list[str]:
    return [
        w for w in WORD.findall(unicodedata.normalize("NFKC", text).casefold()) if any(map(str.isalnum, w))
    ]


def output_of(*command: str) -> str | None:
    """What a program prints; None where it is missing or fails."""
    if not shutil.which(command[0]):
        return None
    try:
        ran = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return ran.stdout.decode("utf-8", "replace") if ran.returncode == 0 else None


def reference(path: Path, kind: str) -> list[tuple[str | None, str]] | None:
    """(place, text) of the file by another reader; None without one. A place is a page or a sheet."""
    if kind == "pdf":
        text = output_of("pdftotext", "-q", str(path), "-")
        return [(str(n), page) for n, page in enumerate(text.split("\f"), 1)] if text is not None else None
    if kind == "xlsx":
        return list(_sheets(path))
    if kind == "doc":
        text = output_of("antiword", "-m", "UTF-8.txt", "-w", "0", str(path))
    elif kind == "eml":
        text = _mail(path)
    elif kind in PANDOC:
        text = output_of("pandoc", "-f", PANDOC[kind], "-t", "plain", "--wrap=none", str(path))
    else:
        text = None
    return [(None, text)] if text is not None else None


def _sheets(path: Path) -> Iterator[tuple[str | None, str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for sheet in book.worksheets:
            cells = (str(v) for row in sheet.iter_rows(values_only=True) for v in row if isinstance(v, str))
            yield sheet.title, " ".join(cells)
    except Exception:  # what openpyxl cannot open has no reference
        return


def _mail(path: Path) -> str | None:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    try:
        body = message.get_body(("plain", "html"))
        text = body.get_content() if body is not None else ""
    except (LookupError, UnicodeError, ValueError):
        return None
    html = body is not None and body.get_content_type() == "text/html"
    return re.sub(r"(?s)<(style|script).*?</\1>|<[^>]+>", " ", text) if html else text


def compare(document: Document, places: list[tuple[str | None, str]], into: Format) -> None:
    ours, theirs = words(document.text), words(" ".join(text for _, text in places))
    if len(theirs) < 5:
        return
    have, want = Counter(ours), Counter(theirs)
    into.compared += 1
    into.shares.append(sum(min(count, have[word]) for word, count in want.items()) / len(theirs))
    together = Counter(a + b for a, b in pairwise(theirs))
    into.glued += sum(count for word, count in (have - want).items() if word in together)
    joined = Counter(a + b for a, b in pairwise(ours))
    into.split += sum(count for word, count in (want - have).items() if word in joined)
    for place, text in places:
        sample = [word for word in words(text) if len(word) > 3][:200]
        if place is None or len(sample) < 5:
            continue
        into.places += 1
        there = set(words(_under(document, place)))
        into.right += sum(word in there for word in sample) >= 0.5 * len(sample)


def _under(document: Document, place: str) -> str:
    """The document's text under a page number or a sheet's name."""
    marks = [*document.marks]
    ends = [*(mark.start for mark in marks[1:]), len(document.text)]
    return " ".join(
        document.text[mark.start : end]
        for mark, end in zip(marks, ends, strict=True)
        if str(mark.page) == place or mark.heading[:1] == (place,)
    )


def resident() -> int:
    """Bytes that the reading processes hold."""
    return max((child.memory_info().rss for child in psutil.Process().children()), default=0)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--limit", type=int, default=100_000, help="files at most")
    given = parser.parse_args()
    files = sorted(path for path in given.folder.rglob("*") if path.is_file())[: given.limit]
    found: dict[str, Format] = defaultdict(Format)
    with Extractor(Settings(), limits=Limits(archives=True)) as extractor:
        for path in files:
            begun = time.perf_counter()
            try:
                document = extractor.extract(path)
            except ExtractionFailed as error:
                into = found[path.suffix.lower().removeprefix(".") or "none"]
                into.reasons[re.sub(r"\d+", "#", str(error))[:100]] += 1
                document = None
            else:
                into = found[document.kind]
                into.read += 1
            into.seconds += time.perf_counter() - begun
            into.files += 1
            into.resident = max(into.resident, resident())
            places = reference(path, document.kind) if document is not None else None
            if document is not None and places:
                compare(document, places, into)
    head = (
        "format",
        "files",
        "read",
        "compared",
        "median",
        "worst 10%",
        "glued",
        "split",
        "places right",
        "ms a file",
        "MB",
    )
    print("{:10}{:>7}{:>7}{:>9}{:>9}{:>10}{:>7}{:>7}{:>14}{:>10}{:>6}".format(*head))
    for name, format in sorted(found.items(), key=lambda item: -item[1].files):
        row = format.row()
        share = (
            "-" if row[key] is None else f"{row[key]:.3f}"
            for key in ("median", "worst_decile", "addresses_right")
        )
        median, worst, right = share
        print(f"{name:10}{format.files:7}{format.read:7}{format.compared:9}{median:>9}{worst:>10}{format.glued:7}"
              f"{format.split:7}{right:>14}{row['ms_a_file']:10.1f}{row['mb']:6}")  # fmt: skip
    for name, format in sorted(found.items()):
        for reason, count in format.reasons.most_common(5):
            print(f"  {name}: {count} x {reason}")
    if given.json:
        rows = {name: {**format.row(), "reasons": dict(format.reasons)} for name, format in found.items()}
        given.json.write_text(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
