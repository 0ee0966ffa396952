"""What differs between systems, each with the values that system has."""

from __future__ import annotations

import errno
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from indexer.changes.discovery import walk
from indexer.rules import FileEntry, allows
from searcher import descent, paths, privacy, system
from searcher.descent import open_below
from searcher.files import write_atomic
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings
from ui import security
from ui.doctor.machine import permissions

ROOT = Path(__file__).parents[2]
GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such heaps")


@pytest.mark.parametrize(
    ("windows", "macos", "expected"),
    [
        (False, False, ["xdg-open", "/a b.txt"]),
        (False, True, ["open", "/a b.txt"]),
        (True, False, ["explorer", "/a b.txt"]),
    ],
)
def test_how_a_file_is_opened(
    windows: bool, macos: bool, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "WINDOWS", windows)
    monkeypatch.setattr(system, "MACOS", macos)
    assert system.opener(Path("/a b.txt")) == expected
    assert system.revealer(Path("/a b.txt"))[0] == expected[0]
    assert system.nicely(["x"])[-1] == "x" and (len(system.nicely(["x"])) == 1) == windows


@pytest.mark.parametrize(
    ("windows", "variables", "expected"),
    [
        (False, {"DISPLAY": ":0"}, True),
        (False, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (False, {}, False),
        (True, {}, True),
        (True, {"SSH_CONNECTION": "::1 1 ::1 22"}, False),
    ],
)
def test_whether_a_browser_would_be_seen(
    windows: bool, variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(system, "WINDOWS", windows)
    monkeypatch.setattr(system, "MACOS", False)
    assert system.has_display() is expected


_HEAPS = """
import sys, threading
from pathlib import Path
from searcher import system

if sys.argv[1] == "shared":
    system.share_heaps()
together, held = threading.Barrier(12), [[] for _ in range(12)]

def fill(mine):
    together.wait()
    mine.extend(bytes(1000) for _ in range(100))
    together.wait()

threads = [threading.Thread(target=fill, args=(mine,)) for mine in held]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
# a heap of glibc's lies in a reservation of 64 MB, of which it has opened the beginning
lines = Path("/proc/self/maps").read_text().splitlines()
begins = [int(line.split("-")[0], 16) for line in lines if line.split()[1].startswith("rw-p")]
print(sum(begin % (64 << 20) == 0 for begin in begins))
"""

_FREED = """
import sys
from pathlib import Path
from searcher import system

def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) >> 10

if sys.argv[1] == "arrow":
    import pyarrow
    rows = [pyarrow.array([b"x" * 1000] * 300) for _ in range(300)]
else:
    rows = [bytearray(1000) for _ in range(90_000)]
between = [rows[0], rows[-1]]  # what is still in use at either end
before = anonymous()
del rows
freed = anonymous()
system.give_memory_back()
print(before, freed, anonymous())
"""


def run_python(code: str, *arguments: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return [int(word) for word in done.stdout.split()]


@GLIBC
def test_many_threads_share_two_heaps() -> None:
    (usual,), (shared,) = run_python(_HEAPS, "usual"), run_python(_HEAPS, "shared")
    assert shared <= 1 < usual  # the other of the two is the process's own, which is no reservation


@GLIBC
@pytest.mark.parametrize("held_by", ["arrow", "heap"])
def test_free_memory_goes_back_to_the_system(held_by: str) -> None:
    before, freed, after = run_python(_FREED, held_by)
    assert freed > before - 30 and after < before - 60


_CODE = """
import sys
from pathlib import Path
import pyarrow.compute
from searcher import system

def files():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssFile")) >> 10

before = files()
system.give_code_back()
after = files()
print(before, after, pyarrow.compute.sum([1, 2, 3]).as_py())
"""


@GLIBC
def test_code_that_does_not_run_leaves_the_memory_and_comes_back() -> None:
    before, after, summed = run_python(_CODE)
    assert after < before - 10 and summed == 6


def test_the_lowest_priority_is_low() -> None:
    code = (
        "import os, psutil; from searcher.system import lowest_priority; lowest_priority(); "
        "print(psutil.Process().nice(), os.sched_getscheduler(0) if hasattr(os, 'SCHED_IDLE') else '')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    if hasattr(os, "SCHED_IDLE"):
        assert done.stdout.split() == ["19", str(os.SCHED_IDLE)]
    else:
        assert done.stdout.split()


# what tells one system from another, or is there on some of them alone
OF_ONE_SYSTEM = re.compile(
    r"sys\.platform|os\.name\b|hasattr\(os,|os\.(kill|nice|rename|replace|fork|gete?uid)\b|\bfcntl\b|"
    r"import resource|"
    r"ctypes\.CDLL|start_new_session|O_NOFOLLOW|\"/proc|sched_getaffinity|SO_REUSEADDR"
)
# what the Linux kernel says of sockets, and how it reads a list of parts, is asked nowhere else
KERNELS = {"ui/door/sockets.py", "searcher/scattered.py"}


def test_one_module_knows_the_systems() -> None:
    knowing = {
        name: found
        for package in ("searcher", "indexer", "ui")
        for file in (ROOT / package).rglob("*.py")
        if (name := file.relative_to(ROOT).as_posix()) != "searcher/system.py" and "ui/sample" not in name
        if (found := [match[0] for match in OF_ONE_SYSTEM.finditer(file.read_text("utf-8"))])
    }
    assert set(knowing) == KERNELS, knowing
    assert len(OF_ONE_SYSTEM.findall((ROOT / "searcher" / "system.py").read_text("utf-8"))) > 10


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python says there: no owners, no folders to open names below, its own separators."""
    monkeypatch.setattr(system, "WINDOWS", True)
    monkeypatch.setattr(system, "LINUX", False)
    monkeypatch.delattr(os, "geteuid")
    monkeypatch.setattr(os, "supports_dir_fd", set())


def test_paths_of_windows(windows: None) -> None:
    stored = paths.to_stored("C:\\Users\\Jörg\\notes\\a.md")
    assert stored == "C:/Users/Jörg/notes/a.md"
    assert paths.is_within(stored, "C:\\Users\\Jörg") and not paths.is_within(stored, "C:\\Users\\J")
    assert system.is_below("c:\\users\\jörg\\a.md", "C:\\Users\\Jörg")
    assert not system.is_below("C:\\Users\\Jörgen", "C:\\Users\\Jörg")
    assert system.is_below("D:\\a.md", "D:\\") and not system.is_of_the_system("C:\\proc")


def test_case_and_backslashes_are_parts_of_names_elsewhere() -> None:
    assert paths.to_stored("/a\\b") == "/a\\b"
    assert not system.is_below("/Notes/a.md", "/notes") and system.is_below("/notes/a.md", "/")


def test_a_file_that_somebody_has_open(
    windows: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace it for as long."""
    calls, replace = [], os.replace

    def refusing(source: str, target: str) -> None:
        calls.append(source)
        if len(calls) < 4:
            raise PermissionError(13, "in use")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refusing)
    write_atomic(tmp_path / "state.json", b"new")
    assert len(calls) == 4 and (tmp_path / "state.json").read_bytes() == b"new"
    monkeypatch.setattr(system, "WINDOWS", False)
    calls.clear()
    with pytest.raises(PermissionError):
        system.replace(tmp_path / "state.json", tmp_path / "other.json")
    assert len(calls) == 1


def test_no_owners_and_modes(windows: None, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.root.chmod(0o777)
    privacy.refuse_foreign(home.root)
    assert privacy.close_to_others(home.root) == 0 and len(security.token(home)) > 20
    assert not list(permissions(home, Settings(), False)) and system.user() is None


def test_a_file_below_a_folder_that_cannot_be_held_open(windows: None, tmp_path: Path) -> None:
    from searcher.descent import open_below

    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("text")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with open_below(tmp_path, tmp_path / "a" / "b.txt") as file:
        assert file.read() == b"text"
    with pytest.raises(OSError):
        open_below(tmp_path, tmp_path / "link" / "b.txt")


def test_processes_of_windows(windows: None) -> None:
    assert system.is_parent(os.getppid()) and not system.is_parent(os.getpid())
    assert "start_new_session" not in system.on_its_own() and system.on_its_own()["creationflags"]
    assert system.nicely(["a"]) == ["a"] and not system.watches_are_used_up("C:\\")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (r"C:\short\note.md", r"C:\short\note.md"),
        ("C:/deep/" + "d" * 250, "\\\\?\\C:\\deep\\" + "d" * 250),
        (r"\\nas\share" + "\\" + "d" * 250, r"\\?\UNC\nas\share" + "\\" + "d" * 250),
        ("\\\\?\\C:\\" + "d" * 250, "\\\\?\\C:\\" + "d" * 250),
    ],
)
def test_how_windows_is_asked_for_a_long_path(
    path: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert system.reachable(path) == path
    monkeypatch.setattr(system, "WINDOWS", True)
    assert system.reachable(path) == expected


def test_long_paths_are_found_read_and_missed_on_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its limit laid on this system's calls: 260 characters, or what is behind its prefix."""
    deep = tmp_path / ("d" * 120) / ("e" * 120)
    deep.mkdir(parents=True)
    (deep / "note.md").write_text("far down")
    (deep / ".gitignore").write_text("*.log\n")
    (deep / "left.log").write_text("left out")
    prefix = "\\\\?\\"

    def limited(real):  # type: ignore[no-untyped-def]
        def ask(path, *others, **options):  # type: ignore[no-untyped-def]
            text = os.fspath(path) if not isinstance(path, int) else path
            if isinstance(text, str) and text.startswith(prefix):
                return real(text.removeprefix(prefix).replace("\\", "/"), *others, **options)
            if isinstance(text, str) and len(text) >= 260:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), text)
            return real(path, *others, **options)

        return ask

    folder = Folder(str(tmp_path))
    home = Home(tmp_path / "home").create()
    with monkeypatch.context() as windows:
        for name in ("stat", "lstat", "open", "scandir"):
            windows.setattr(os, name, limited(getattr(os, name)))
        windows.setattr("builtins.open", limited(open))
        windows.setattr(Path, "resolve", lambda path: path)
        windows.setattr(system, "WINDOWS", True)
        windows.setattr(descent, "opens_below_folders", lambda: False)
        found = list(walk(folder, home=home, settings=Settings()))
        with open_below(tmp_path, deep / "note.md") as file:
            read = file.read()
        skipped = allows(folder, str(deep / "left.log"), Settings(), home)
        there = system.is_there(deep / "note.md"), system.is_there(deep / "none.md")
    names = [Path(entry.path).name for entry in found if isinstance(entry, FileEntry)]
    assert names == ["note.md"] and read == b"far down" and there == (True, False)
    assert skipped is not None and skipped.rule == ".gitignore"


def test_memory_is_given_back_while_another_thread_imports_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", ModuleType("pyarrow"))  # what it is until its import ends
    system.give_memory_back()


def test_memory_is_given_back_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    clock = iter((3.0, 4.0, 12.9, 13.0, 14.0))
    giving = system.GivingBack(10.0)
    monkeypatch.setattr(system, "give_memory_back", lambda: given.append(giving.last))
    monkeypatch.setattr(system.time, "monotonic", lambda: next(clock))
    for _ in range(5):
        giving.now()
    assert given == [3.0, 13.0]
