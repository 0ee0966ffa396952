"""How fast files become text and passages, and what share of the embedding's time that is.

    python benchmarks/extraction.py [--json FILE] [--rounds 3] [--no-embedding]

First table: each format by way of the reading process, megabytes of file a second (best of the rounds)
and the process's largest resident memory above what it has when idle. Second table: extraction and
chunking of prose and code as a fraction of the time the starter model needs for the same passages.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import psutil

from indexer.extraction.extractor import Extractor
from indexer.formats import Limits, extract
from searcher.settings import Settings

ROOT = Path(__file__).parent.parent
WORDS = (
    "the tide turns twice a day and the turbine blades are feathered at slack water to protect the gearbox",
    "while maintenance crews inspect cables moorings and sensors before the survey of the estuary begins",
)
BAR = 0.10  # of the embedding's time
PROSE_FILES, CODE_FILES = 24, 24


@dataclass(frozen=True)
class Speed:
    format: str
    file_mb: float
    text_mb: float
    seconds: float
    mb_per_s: float  # of file
    text_mb_per_s: float
    peak_mb: float  # above the idle process


@dataclass(frozen=True)
class Share:
    material: str
    files: int
    passages: int
    tokens: int
    extract_s: float
    chunk_s: float
    embed_s: float
    share: float  # (extract + chunk) / embed


def paragraphs(count: int, seed: int) -> list[str]:
    dice = random.Random(seed)
    return [
        " ".join(dice.choices(" ".join(WORDS).split(), k=dice.randint(40, 90))).capitalize() + "."
        for _ in range(count)
    ]


def sections(count: int, seed: int) -> Iterator[tuple[str, list[str]]]:
    body = paragraphs(count, seed)
    for start in range(0, count, 8):
        yield f"Section {start // 8 + 1}", body[start : start + 8]


def _markdown() -> bytes:
    return "\n\n".join(f"## {title}\n\n" + "\n\n".join(body) for title, body in sections(3000, 1)).encode()


def _html() -> bytes:
    body = "".join(f"<h2>{t}</h2>" + "".join(f"<p>{p}</p>" for p in ps) for t, ps in sections(3000, 2))
    return f"<html><head><title>T</title></head><body><main>{body}</main></body></html>".encode()


def _pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    words = " ".join(paragraphs(800, 3)).split()
    for start in range(0, len(words), 480):
        text = canvas.beginText(50, 780)
        for line in range(start, min(start + 480, len(words)), 12):
            text.textLine(" ".join(words[line : line + 12]))
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _docx() -> bytes:
    import docx

    document = docx.Document()
    for title, body in sections(1200, 4):
        document.add_heading(title, 1)
        for paragraph in body:
            document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _pptx() -> bytes:
    from pptx import Presentation

    presentation = Presentation()
    for title, body in sections(400, 5):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(body)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def _xlsx() -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Rows")
    sheet.write_row(0, 0, ["Name", "Place", "Amount", "Year"])
    for number in range(1, 20_001):
        sheet.write_row(
            number, 0, [f"Customer {number}", f"Place {number % 97}", number * 1.25, 2000 + number % 26]
        )
    book.close()
    return out.getvalue()


def _odf(kind: str) -> bytes:
    from odf import table, text
    from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText

    document = OpenDocumentText() if kind == "odt" else OpenDocumentSpreadsheet()
    if kind == "odt":
        for title, body in sections(1200, 6):
            document.text.addElement(text.H(outlinelevel=1, text=title))
            for paragraph in body:
                document.text.addElement(text.P(text=paragraph))
    else:
        sheet = table.Table(name="Rows")
        for number in range(3_000):
            row = table.TableRow()
            for value in (f"Customer {number}", f"Place {number % 97}", str(number)):
                cell = table.TableCell()
                cell.addElement(text.P(text=value))
                row.addElement(cell)
            sheet.addElement(row)
        document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def _epub() -> bytes:
    from ebooklib import epub

    book = epub.EpubBook()
    book.set_title("T")
    for number, (title, body) in enumerate(sections(2400, 7)):
        chapter = epub.EpubHtml(title=title, file_name=f"c{number}.xhtml")
        chapter.set_content(
            f"<html><body><h1>{title}</h1>{''.join(f'<p>{p}</p>' for p in body)}</body></html>"
        )
        book.add_item(chapter)
        book.spine.append(chapter)
    book.add_item(epub.EpubNav())
    out = io.BytesIO()
    epub.write_epub(out, book)
    return out.getvalue()


def _rtf() -> bytes:
    return ("{\\rtf1\\ansi " + "\\par\n".join(paragraphs(1500, 8)) + "}").encode()


def _mail(number: int = 0) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "ada@example.org", f"Mail {number}"
    message["Date"] = "Mon, 09 Mar 2026 10:00:00 +0100"
    message.set_content("\n\n".join(paragraphs(6, number)))
    return message


def _mbox() -> bytes:
    return b"".join(b"From a@b Mon Mar  9 10:00:00 2026\n" + bytes(_mail(n)) + b"\n\n" for n in range(400))


def _ipynb() -> bytes:
    cells = [{"cell_type": "markdown", "source": p} for p in paragraphs(1500, 9)]
    cells += [
        {"cell_type": "code", "source": "x = 1\n" * 5, "outputs": [{"text": "1\n" * 200}]} for _ in range(500)
    ]
    return json.dumps({"cells": cells, "metadata": {}}).encode()


def _srt() -> bytes:
    cues = (
        f"{n}\n00:{n // 60 % 60:02}:{n % 60:02},000 --> 00:00:00,500\n{p[:60]}\n"
        for n, p in enumerate(paragraphs(8000, 10), 1)
    )
    return "\n".join(cues).encode()


def _code() -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted((ROOT / "indexer").rglob("*.py"))) * 4


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", _markdown())
        archive.writestr("b.pdf", _pdf())
    return out.getvalue()


FILES: dict[str, Callable[[], bytes]] = {
    "txt": lambda: "\n\n".join(paragraphs(4000, 11)).encode(),
    "txt (UTF-16)": lambda: "\n\n".join(paragraphs(4000, 11)).encode("utf-16"),
    "txt (legacy)": lambda: "\n\n".join(p + " Größe" for p in paragraphs(4000, 11)).encode("cp1252"),
    "md": _markdown,
    "code": _code,
    "json": lambda: json.dumps(paragraphs(4000, 12)).encode(),
    "csv": lambda: b"name,town\n" + b"\n".join(b"n%d,t%d" % (i, i) for i in range(100_000)),
    "org": lambda: _markdown().replace(b"## ", b"* "),
    "rst": _markdown,
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
    "pptx": _pptx,
    "xlsx": _xlsx,
    "odt": lambda: _odf("odt"),
    "ods": lambda: _odf("ods"),
    "epub": _epub,
    "rtf": _rtf,
    "eml": lambda: bytes(_mail()),
    "mbox": _mbox,
    "ipynb": _ipynb,
    "srt": _srt,
    "zip": _zip,
}
ENDINGS = {"code": "py"}


def speed(format: str, folder: Path, rounds: int) -> Speed:
    ending = ENDINGS.get(format, format.split()[0])
    path = folder / f"file.{ending}"
    path.write_bytes(FILES[format]())
    size = path.stat().st_size / 1e6
    idle = folder / "idle.txt"
    idle.write_text("a word")
    with Extractor(Settings(), limits=Limits(archives=True)) as extractor:
        extractor.extract(idle)
        worker = psutil.Process().children()[-1]
        base = peak = worker.memory_info().rss
        done = threading.Event()

        def look() -> None:
            nonlocal peak
            while not done.wait(0.002):
                peak = max(peak, worker.memory_info().rss)

        looking = threading.Thread(target=look)
        looking.start()
        times, characters = [], 0
        for _ in range(rounds + 1):  # the first one imports the reader's library
            begun = time.perf_counter()
            characters = len(extractor.extract(path).text)
            times.append(time.perf_counter() - begun)
        done.set()
        looking.join()
    best = min(times[1:])
    text = characters / 1e6
    return Speed(format, size, text, best, size / best, text / best, (peak - base) / 1e6)


def material(folder: Path, turn: int) -> dict[str, list[Path]]:
    """Prose as notes of a page or two; code as this project's own modules. Each turn has others."""
    notes = []
    for number, (title, body) in enumerate(sections(PROSE_FILES * 8, 20 + turn)):
        path = folder / f"note{number}.md"
        path.write_text(f"# {title}\n\n" + "\n\n".join(body))
        notes.append(path)
    code = sorted(path for room in ("searcher", "indexer", "ui") for path in (ROOT / room).rglob("*.py"))
    code = [path for path in code if path.stat().st_size > 500]
    return {"prose": notes, "code": random.Random(turn).sample(code, min(CODE_FILES, len(code)))}


def shares(folder: Path, rounds: int) -> list[Share]:
    from indexer.chunking import chunk
    from searcher.embedding import open_embedder
    from searcher.home import Home
    from searcher.models import starter

    home = Home(folder / "home").create()
    embedder = open_embedder(home, Settings(model=str(starter.build(home))), role="index")
    info = embedder.model
    found: dict[str, list[Share]] = {}
    for turn in range(rounds + 1):  # the first one imports and builds what the others find ready
        for name, paths in material(folder, turn).items():
            clock = [time.perf_counter()]
            documents = [extract(path) for path in paths]
            clock.append(time.perf_counter())
            passages = [
                passage
                for document, path in zip(documents, paths, strict=True)
                for passage in chunk(
                    document,
                    path=str(path),
                    count=embedder.count_tokens,
                    target=info.chunk_tokens,
                    limit=info.max_tokens,
                )
            ]
            clock.append(time.perf_counter())
            embedder.embed_full([f"{p.context}\n{p.text}" if p.context else p.text for p in passages])
            clock.append(time.perf_counter())
            extracting, chunking, embedding = (b - a for a, b in pairwise(clock))
            found.setdefault(name, []).append(
                Share(
                    name,
                    len(paths),
                    len(passages),
                    sum(p.tokens for p in passages),
                    extracting,
                    chunking,
                    embedding,
                    (extracting + chunking) / embedding,
                )
            )
    embedder.close()
    warm = {name: sorted(all_[1:], key=lambda share: share.share) for name, all_ in found.items()}
    return [rows[len(rows) // 2] for rows in warm.values()]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-embedding", action="store_true", help="formats only")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'format':14}{'file MB':>9}{'text MB':>9}{'MB/s':>9}{'text MB/s':>11}{'peak MB':>9}")
        speeds = []
        for format in FILES:
            row = speed(format, folder, given.rounds)
            speeds.append(row)
            print(
                f"{row.format:14}{row.file_mb:9.2f}{row.text_mb:9.2f}{row.mb_per_s:9.1f}"
                f"{row.text_mb_per_s:11.1f}{row.peak_mb:9.0f}",
                flush=True,
            )
        rows = [] if given.no_embedding else shares(folder, given.rounds)
    for share in rows:
        print(f"{share.material}: {share.files} files, {share.passages} passages, {share.tokens:,} tokens")
        print(
            f"  extraction {share.extract_s:.3f} s, chunking {share.chunk_s:.3f} s, "
            f"embedding {share.embed_s:.2f} s: {share.share:.1%} (bar {BAR:.0%})"
        )
    if given.json:
        figures = {
            "formats": [asdict(speed) for speed in speeds],
            "shares": [asdict(share) for share in rows],
        }
        given.json.write_text(json.dumps(figures, indent=1))
    return 0 if all(share.share <= BAR for share in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
