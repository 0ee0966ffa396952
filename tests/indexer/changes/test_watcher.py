"""What the watcher makes of the ways in which files change, on a real file system."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.changes.watcher import Watcher
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings
from tests.indexer.processes import wait_until

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "note.txt").write_text("before\n")
    return folder


@pytest.fixture
def watcher(tmp_path: Path, folder: Path) -> Iterator[Watcher]:
    """Past the scan that every start wants."""
    with Watcher(Home(tmp_path / "home").create(), Settings(debounce_seconds=0.3)) as watcher:
        assert watcher.follow([Folder(str(folder))]) == {str(folder): "watching"}
        assert collected(watcher) == (1, [])
        yield watcher


def collected(watcher: Watcher, seconds: float = 20) -> tuple[int, list[str]]:
    """Scans and files that came due, until nothing is expected any more."""
    scans, files = 0, list[str]()
    end = time.monotonic() + seconds
    calm = 0
    while time.monotonic() < end and calm < 8:
        scan, due = watcher.due()
        scans, files = scans + scan, files + due
        calm = 0 if watcher.expects else calm + 1
        watcher.wait(0.1)
    return scans, files


def test_a_burst_of_writes_is_one_update(watcher: Watcher, folder: Path) -> None:
    for number in range(30):
        (folder / "note.txt").write_text(f"{number}\n")
    assert collected(watcher) == (0, [str(folder / "note.txt")])


def test_an_editor_that_writes_beside_and_renames_gives_one_update(watcher: Watcher, folder: Path) -> None:
    beside = folder / ".note.txt.swp"
    beside.write_text("after\n")
    os.replace(beside, folder / "note.txt")
    scans, files = collected(watcher)
    assert scans == 0 and files.count(str(folder / "note.txt")) == 1
    assert set(files) <= {str(folder / "note.txt"), str(beside)}


def test_an_editor_that_truncates_and_writes_gives_one_update(watcher: Watcher, folder: Path) -> None:
    with (folder / "note.txt").open("r+") as file:
        file.truncate(0)
        file.flush()
        time.sleep(0.05)
        file.write("after\n")
    assert collected(watcher) == (0, [str(folder / "note.txt")])


def test_a_file_that_grows_waits_until_it_is_whole(watcher: Watcher, folder: Path) -> None:
    target, written = folder / "download.txt", threading.Event()

    def grow() -> None:
        with target.open("w") as file:
            for number in range(25):
                file.write(f"line {number}\n")
                file.flush()
                time.sleep(0.05)
        written.set()

    writer = threading.Thread(target=grow)
    writer.start()
    end, due = time.monotonic() + 20, list[str]()
    while not due and time.monotonic() < end:
        watcher.wait(0.05)
        due = watcher.due()[1]
    assert due == [str(target)] and written.is_set()
    writer.join()


def test_a_file_whose_time_lies_ahead_of_the_clock_is_taken(watcher: Watcher, folder: Path) -> None:
    (folder / "camera.txt").write_text("taken tomorrow\n")
    os.utime(folder / "camera.txt", (time.time() + 86_400,) * 2)
    assert collected(watcher) == (0, [str(folder / "camera.txt")])


def test_a_file_that_is_written_to_without_end_is_read_every_few_seconds(
    watcher: Watcher, folder: Path
) -> None:
    log, reads, stop = folder / "busy.log", list[float](), time.monotonic() + 20
    with log.open("a", buffering=1) as writing:
        while len(reads) < 2 and time.monotonic() < stop:
            writing.write("one more line\n")
            time.sleep(0.05)
            if str(log) in watcher.due()[1]:
                reads.append(time.monotonic())
    assert len(reads) == 2


@pytest.mark.parametrize("inside", [".git", "node_modules", ".cache"])
def test_what_programs_do_in_their_own_folders_costs_no_scan(
    watcher: Watcher, folder: Path, inside: str
) -> None:
    (folder / inside).mkdir()
    collected(watcher)  # that a folder came is worth one
    for number in range(700):
        (folder / inside / f"made-{number}").mkdir()
        (folder / inside / f"made-{number}" / "file.txt").write_text("by a program\n")
    shutil.rmtree(folder / inside / "made-1")
    assert collected(watcher) == (0, [])


def test_rules_that_bring_such_a_folder_back_are_respected(watcher: Watcher, folder: Path) -> None:
    (folder / ".searcherignore").write_text("!node_modules\n")
    (folder / "node_modules" / "mine").mkdir(parents=True)
    collected(watcher)
    (folder / "node_modules" / "mine" / "note.txt").write_text("wanted\n")
    assert collected(watcher) == (0, [str(folder / "node_modules" / "mine" / "note.txt")])


@pytest.mark.parametrize("change", ["moved", "left", "came"])
def test_a_folder_that_moves_is_looked_through(
    watcher: Watcher, folder: Path, tmp_path: Path, change: str
) -> None:
    (tmp_path / "outside").mkdir()
    source, target = {
        "moved": (folder / "sub", folder / "renamed"),
        "left": (folder / "sub", tmp_path / "gone"),
        "came": (tmp_path / "outside", folder / "new"),
    }[change]
    source.rename(target)
    assert collected(watcher)[0] >= 1


def test_a_folder_that_left_and_came_back_is_still_watched(
    watcher: Watcher, folder: Path, tmp_path: Path
) -> None:
    (folder / "sub").rename(tmp_path / "away")
    (tmp_path / "away").rename(folder / "again")
    collected(watcher)
    (folder / "again" / "later.txt").write_text("still seen\n")
    scans, files = collected(watcher)
    assert scans or str(folder / "again" / "later.txt") in files


_FOLLOWED = """
import sys, time
from pathlib import Path
from indexer.changes.watcher import Watcher
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings
from tests.indexer.processes import wait_until

home, folder = Path(sys.argv[1]), Path(sys.argv[2])
with Watcher(Home(home).create(), Settings(debounce_seconds=0.3)) as watcher:
    print(*watcher.follow([Folder(str(folder))]).values())
    watcher.due()
    (folder / "sub" / "late.txt").write_text("unseen by the kernel")
    end, due = time.monotonic() + 60, []
    while not due and time.monotonic() < end:
        watcher.wait(0.5)
        scan, files = watcher.due()
        due = files or (["scan"] if scan else [])
    print(bool(due))
"""


@pytest.mark.parametrize(("limit", "state"), [(0, "polling"), (2, "polling"), (50, "watching")])
def test_a_limit_of_watches_is_noticed_and_the_folder_polled(
    tmp_path: Path, folder: Path, limit: int, state: str
) -> None:
    """In a namespace of its own, where the limit is ours to set; 2 leave none beside those that are taken."""
    if subprocess.run(["unshare", "--user", "--map-root-user", "true"], capture_output=True).returncode:
        pytest.skip("this system allows no user namespaces, so the limit of watches cannot be set here")
    command = f'echo {limit} > /proc/sys/user/max_inotify_watches && exec "$@"'
    child = [sys.executable, "-c", _FOLLOWED, str(tmp_path / "home"), str(folder)]
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", command, "sh", *child],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.split() == [state, "True"], done.stderr


def test_everything_is_looked_through_now_and_then(tmp_path: Path, folder: Path) -> None:
    with Watcher(Home(tmp_path / "home").create(), Settings(sweep_minutes=0.02)) as watcher:
        watcher.follow([Folder(str(folder))])
        collected(watcher, 3)
        looks: list[tuple[bool, list[str]]] = []

        def is_due() -> bool:
            looks.append(watcher.due())
            return looks[-1][0]

        wait_until(is_due, seconds=20)
        assert looks[-1] == (True, [])


def test_a_folder_full_of_files_that_arrives_is_left_to_one_scan(
    watcher: Watcher, folder: Path, tmp_path: Path
) -> None:
    arriving = tmp_path / "arriving"
    arriving.mkdir()
    for number in range(300):
        (arriving / f"{number}.txt").write_text("it was written before\n")
    arriving.rename(folder / "arrived")
    scans, files = collected(watcher)
    assert scans == 1
    assert not files, "nobody waits for one of them"


_OVERWHELMED = """
import sys, time
from pathlib import Path
from indexer.changes.watcher import Watcher
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings
from tests.indexer.processes import wait_until

with Watcher(Home(Path(sys.argv[1])).create(), Settings(debounce_seconds=0.3)) as watcher:
    watcher.follow([Folder(sys.argv[2])])
    watcher.due()
    print("following", flush=True)
    end, scan = time.monotonic() + 60, False
    while not scan and time.monotonic() < end:
        watcher.wait(0.5)
        scan, _ = watcher.due()
    print(scan)
"""


def test_events_that_the_kernel_dropped_cause_a_scan(tmp_path: Path, folder: Path) -> None:
    """The follower stands still while more happens, to two files only, than the kernel keeps for it."""
    limit = Path("/proc/sys/fs/inotify/max_queued_events")
    kept = int(limit.read_text()) if limit.exists() else 0
    if not 0 < kept <= 100_000:
        pytest.skip("this system's queue of events is too long to fill, or there is none")
    follower = subprocess.Popen(
        [sys.executable, "-c", _OVERWHELMED, str(tmp_path / "home"), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert follower.stdout and follower.stdout.readline() == "following\n"
    follower.send_signal(signal.SIGSTOP)
    os.waitpid(follower.pid, os.WUNTRACED)  # until it really stands still
    with (folder / "a.txt").open("wb", buffering=0) as a, (folder / "b.txt").open("wb", buffering=0) as b:
        for _ in range(kept):  # alternating, as the kernel keeps equal neighbours once
            a.write(b"a")
            b.write(b"b")
    (folder / "lost.txt").write_text("nobody is told of it")
    follower.send_signal(signal.SIGCONT)
    out, error = follower.communicate(timeout=90)
    assert (out, error) == ("True\n", "")


def test_a_scan_is_not_put_off_for_ever(
    watcher: Watcher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.changes.watcher._LONGEST", 2)
    end, scan = time.monotonic() + 20, False
    while not scan and time.monotonic() < end:  # a folder comes or goes more often than it is quiet
        (folder / "restless").mkdir()
        time.sleep(0.1)
        (folder / "restless").rmdir()
        time.sleep(0.1)
        scan, _ = watcher.due()
    assert scan


def test_a_saved_file_does_not_wait_for_the_scan_that_a_new_folder_wants(
    watcher: Watcher, folder: Path
) -> None:
    (folder / "saved.txt").write_text("somebody waits for it\n")
    (folder / "came").mkdir()
    assert collected(watcher) == (1, [str(folder / "saved.txt")])
