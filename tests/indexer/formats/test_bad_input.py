"""What is never opened, what moves while it is read, and what is very large."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
from pathlib import Path

import psutil
import pytest

from indexer.extraction.extractor import Extractor
from indexer.formats import Limits, extract
from indexer.formats.source import MEGABYTE
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document
from searcher.settings import Settings


def test_pipes_sockets_devices_and_folders_are_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    (tmp_path / "endless.log").symlink_to("/dev/zero")
    (tmp_path / "folder.md").mkdir()
    for name in ("pipe.txt", "socket", "endless.log", "folder.md"):
        with pytest.raises(UnreadableKind, match="not a regular file"):
            extract(tmp_path / name)
    listening.close()


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "private.txt"
    path.write_text("secret")
    path.chmod(0)
    owner = os.geteuid()
    if owner == 0:  # root may read anything: try as somebody else
        os.seteuid(65534)
    try:
        with pytest.raises(ExtractionFailed, match="cannot be read: Permission denied"):
            extract(path)
    finally:
        os.seteuid(owner)


def test_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    with pytest.raises(ExtractionFailed, match="cannot be read: No such file"):
        extract(tmp_path / "gone.txt")


def test_a_file_that_changes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "moving.log"
    path.write_bytes(b"line\n" * 6_000_000)
    stop = threading.Event()

    def touch() -> None:
        moment = time.time_ns()
        while not stop.is_set():
            moment += 1_000_000
            os.utime(path, ns=(moment, moment))

    toucher = threading.Thread(target=touch)
    toucher.start()
    try:
        with pytest.raises(ExtractionFailed, match="kept changing"):
            for _ in range(20):  # on a busy machine a reading may be over before the other thread's turn
                extract(path)
    finally:
        stop.set()
        toucher.join()
    assert extract(path, limits=Limits(characters=100)).text == "line\n" * 20


def test_a_file_over_the_size_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"x" * (2 * MEGABYTE + 1))
    with pytest.raises(ExtractionFailed, match=r"larger than 2 MB \(max_file_mb\)"):
        extract(path, limits=Limits(file_bytes=2 * MEGABYTE))


def read_watched(path: Path) -> tuple[Document, int]:
    """The document by way of a worker, and the worker's largest resident size in bytes."""
    own = psutil.Process().cmdline()  # a child is a copy of this process until it runs a program of its own
    others = set(psutil.Process().children(recursive=True))  # servers that other tests left running
    peak = 0
    with Extractor(Settings(max_file_mb=60)) as extractor:
        answer: list[Document] = []
        reading = threading.Thread(target=lambda: answer.append(extractor.extract(path)))
        reading.start()
        while reading.is_alive():
            for child in set(psutil.Process().children()) - others:
                try:
                    size = child.memory_info().rss
                    peak = max(peak, size if child.cmdline() != own else 0)
                except psutil.Error:
                    continue
            reading.join(0.05)
    return answer[0], peak


def test_one_line_of_json_of_50_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_text("[" + '{"key": "value", "number": 12345}, ' * 1_450_000 + "{}]")
    document, peak = read_watched(path)
    assert len(document.text) == Limits().characters
    assert document.notes == ("only the first 10,000,000 characters were read",)
    assert peak < 400 << 20


def test_a_pdf_of_3000_pages(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=True)
    for number in range(1, 3001):
        canvas.drawString(50, 700, f"This is page {number} of a very long report.")
        canvas.showPage()
    canvas.save()
    path = tmp_path / "long.pdf"
    path.write_bytes(out.getvalue())
    document, peak = read_watched(path)
    assert [mark.page for mark in document.marks] == list(range(1, 3001))
    assert document.text[document.marks[2999].start :].startswith("This is page 3000")
    assert peak < 250 << 20


def test_a_sheet_of_100_000_rows(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "rows.xlsx"
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet("Rows")
    sheet.write_row(0, 0, ["Name", "Amount"])
    for number in range(1, 100_001):
        sheet.write_row(number, 0, [f"row {number}", number])
    book.close()
    document, peak = read_watched(path)
    assert document.text.count("\n") == 100_002
    assert document.marks[-1].anchor and document.marks[-1].anchor.endswith(":B100001")
    assert {mark.table_header for mark in document.marks[1:]} == {"Name | Amount"}
    assert peak < 250 << 20


def test_what_was_read_in_time_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "long.vtt"
    cues = (f"00:{n // 60:02}:{n % 60:02}.000 --> 01:00:00.000\nwords {n}\n\n" for n in range(3_000))
    path.write_text("WEBVTT\n\n" + "".join(cues))
    document = extract(path, limits=Limits(seconds=0.001))
    assert 0 < len(document.text) < 30_000
    assert "takes more than 0.001 s (extract_seconds)" in document.notes[0]
