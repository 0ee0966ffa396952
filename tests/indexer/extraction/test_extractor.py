"""The reading process: what it costs a file to hang it, crash it or fill its memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from indexer.extraction.extractor import Extractor
from indexer.formats import Limits
from searcher.errors import ExtractionFailed, TookTooLong, UnreadableKind
from searcher.records import Document
from searcher.settings import Settings


def note(folder: Path, number: int) -> Path:
    path = folder / f"note{number}.md"
    path.write_text(f"# Note {number}\n\nText.\n")
    return path


Workers = Callable[[], list[psutil.Process]]


@pytest.fixture
def workers() -> Workers:
    """The reading processes that this test started; other tests may have left theirs."""
    others = set(psutil.Process().children())

    def started() -> list[psutil.Process]:
        new = [child for child in psutil.Process().children() if child not in others]
        living = [child for child in new if child.status() != psutil.STATUS_ZOMBIE]
        return [child for child in living if "indexer.extraction.serving" in " ".join(child.cmdline())]

    return started


def test_documents_and_reasons_travel_whole(tmp_path: Path, workers: Workers) -> None:
    with Extractor(Settings()) as extractor:
        document = extractor.extract(note(tmp_path, 1))
        assert document.title == "Note 1" and document.marks[0].heading == ("Note 1",)
        with pytest.raises(ExtractionFailed, match="cannot be read: No such file"):
            extractor.extract(tmp_path / "missing.md")
        (tmp_path / "x.bin").write_bytes(bytes(1000))
        with pytest.raises(UnreadableKind):
            extractor.extract(tmp_path / "x.bin")
        assert len(workers()) == 1
    assert workers() == []


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text("coffee")
    with Extractor(Settings()) as extractor:
        assert extractor.extract(Path(path)).text == "coffee"


def test_map_keeps_order_reads_ahead_and_reports_failures(tmp_path: Path, workers: Workers) -> None:
    paths = [note(tmp_path, n) for n in range(30)]
    paths[7].unlink()
    with Extractor(Settings(), workers=2) as extractor:
        outcomes = list(extractor.map(paths, window=5))
    assert [path for path, _ in outcomes] == paths
    assert isinstance(outcomes[7][1], ExtractionFailed)
    titles = [d.title for _, d in outcomes if isinstance(d, Document)]
    assert titles == [f"Note {n}" for n in range(30) if n != 7]


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, workers: Workers) -> None:
    slow = tmp_path / "big.txt"
    slow.write_bytes(os.urandom(1) + "ä".encode("latin-1") * 100)
    with Extractor(Settings(), limits=Limits(seconds=0.0)) as extractor:
        holding = threading.Thread(
            target=_signal_worker,
            args=(
                workers,
                signal.SIGSTOP,
            ),
        )
        holding.start()
        with pytest.raises(ExtractionFailed, match=r"took longer than 0 s \(extract_seconds\)"):
            extractor.extract(slow)
        holding.join()


def _signal_worker(workers: Workers, number: signal.Signals, computed: float = 0) -> None:
    """To the process as soon as it is there, and has computed so many seconds."""
    while not (found := workers()) or sum(found[0].cpu_times()[:2]) < computed:
        time.sleep(0.001)
    found[0].send_signal(number)


def test_a_reader_that_computes_too_long_is_stopped(tmp_path: Path) -> None:
    deep = tmp_path / "deep.html"
    deep.write_bytes(b"<div>" * 200_000)
    with Extractor(Settings(), limits=Limits(seconds=0.5)) as extractor:
        begun = time.monotonic()
        with pytest.raises(ExtractionFailed, match=r"took longer than 0.5 s"):
            extractor.extract(deep)
        assert time.monotonic() - begun < 30
        assert extractor.extract(note(tmp_path, 1)).title == "Note 1"


def test_a_crash_is_named_and_costs_one_file(tmp_path: Path, workers: Workers) -> None:
    deep = tmp_path / "deep.html"
    deep.write_bytes(b"<div>" * 200_000)
    with Extractor(Settings()) as extractor:
        crashing = threading.Thread(
            target=_signal_worker,
            args=(
                workers,
                signal.SIGSEGV,
                0.5,  # by then it reads
            ),
        )
        crashing.start()
        with pytest.raises(ExtractionFailed, match=r"its reader crashed \(SIGSEGV\)"):
            extractor.extract(deep)
        crashing.join()
        assert extractor.extract(note(tmp_path, 1)).title == "Note 1"


def test_code_that_hurts_its_parser_is_read_by_lines(tmp_path: Path) -> None:
    """Open comments in Kotlin take its parser quadratic time and memory."""
    path = tmp_path / "comments.kt"
    path.write_text("/*\n" * 100_000)
    (tmp_path / "good.kt").write_text("fun works() {\n    act()\n}\n")
    with Extractor(Settings(), limits=Limits(seconds=3.0, memory_bytes=700 << 20)) as extractor:
        document = extractor.extract(path)
        assert document.text == path.read_text() and document.blocks == ()
        good = extractor.extract(tmp_path / "good.kt")
    assert good.blocks and [block.symbol for block in good.blocks] == ["works"]


def test_modules_in_the_working_folder_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pickle.py").write_text("open('ran', 'w')")
    monkeypatch.chdir(tmp_path)
    with Extractor(Settings()) as extractor:
        assert extractor.extract(note(tmp_path, 1)).title == "Note 1"
    assert not (tmp_path / "ran").exists()


def test_a_crash_between_files_costs_nothing(tmp_path: Path, workers: Workers) -> None:
    path = note(tmp_path, 1)
    with Extractor(Settings()) as extractor:
        extractor.extract(path)
        workers()[0].kill()
        assert extractor.extract(path).title == "Note 1"


def test_closing_gives_up_what_is_being_read(tmp_path: Path, workers: Workers) -> None:
    deep = tmp_path / "deep.html"
    deep.write_bytes(b"<div>" * 200_000)
    extractor = Extractor(Settings())
    extractor.extract(note(tmp_path, 1))
    closing = threading.Timer(0.3, extractor.close)
    closing.start()
    with pytest.raises(ExtractionFailed, match="stopped"):
        extractor.extract(deep)
    closing.join()
    assert workers() == []


def test_the_process_ends_with_the_one_that_asked(tmp_path: Path) -> None:
    script = (
        "import os, psutil, sys; from pathlib import Path;"
        "from indexer.extraction.extractor import Extractor;"
        "from searcher.settings import Settings; e = Extractor(Settings()); e.extract(Path(sys.argv[1]));"
        "print(psutil.Process().children()[0].pid, flush=True); os.kill(os.getpid(), 9)"
    )
    root = str(Path(__file__).parents[3])
    asked = subprocess.run(
        [sys.executable, "-c", script, note(tmp_path, 1)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    pid = int(asked.stdout)
    end = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "it is still there"
        time.sleep(0.02)


def test_memory_is_bounded(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    big.write_bytes(b"word " * 40_000_000)
    limits = Limits(file_bytes=1 << 30, memory_bytes=300 << 20)
    with Extractor(Settings(), limits=limits) as extractor:
        with pytest.raises(ExtractionFailed, match="needs more than 300 MB of memory"):
            extractor.extract(big)
        assert extractor.extract(note(tmp_path, 1)).title == "Note 1"


def test_impatience_is_told_from_failure(tmp_path: Path) -> None:
    deep = tmp_path / "deep.html"
    deep.write_bytes(b"<div>" * 200_000)
    with Extractor(Settings(), limits=Limits(seconds=3)) as extractor:
        with pytest.raises(TookTooLong):
            extractor.extract(deep, patience=0.5)
        assert extractor.extract(note(tmp_path, 1), patience=20).title == "Note 1"
        with pytest.raises(ExtractionFailed, match=r"took longer than 3 s") as failed:
            extractor.extract(deep)
        assert not isinstance(failed.value, TookTooLong)
