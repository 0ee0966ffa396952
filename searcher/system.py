"""What differs from system to system: priorities, processes, memory, limits, files and their owners,
watching, displays, how a file is opened. Nothing else asks which system this is, but `searcher.scattered`,
which reads parts of files.

Linux is where the tests run. What is here for macOS and Windows is tested with their values simulated.
"""

from __future__ import annotations

import ctypes
import errno
import ntpath
import os
import posixpath
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

WINDOWS = os.name == "nt"
MACOS = sys.platform == "darwin"
LINUX = sys.platform.startswith("linux")
PLATFORM = sys.platform

READER_MEMORY = 1536 << 20  # bytes of address space of a process that reads hostile files

_CRASHING = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")
# exit codes of processes whose native code crashed: signals, and Windows' STATUS_ACCESS_VIOLATION
CRASHES = {-number: name for name in _CRASHING if (number := getattr(signal, name, None))}
CRASHES[0xC0000005] = "access violation"

_ARENAS, _M_ARENA_MAX, _M_MMAP_THRESHOLD = 2, -8, -3  # <malloc.h> of glibc
_MADV_DONTNEED = 4  # <sys/mman.h> of Linux
_PRIO_DARWIN_PROCESS, _PRIO_DARWIN_BG = 4, 0x1000  # <sys/resource.h> of macOS
_DELETE_SELF = 0x400  # IN_DELETE_SELF of <sys/inotify.h>
_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
_NOT_FILES = ("/proc", "/sys", "/dev", "/run/systemd", "/run/udev")
_LONG, _EXTENDED = 248, "\\\\?\\"  # Windows' prefix for paths of up to 32,767 characters
_REPLACE_SECONDS = 2.0  # for whoever has the file open to close it, on Windows

# how files are opened: 0 for what a system has no such flag for
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
READ_FOLDER = os.O_RDONLY | _CLOEXEC | getattr(os, "O_DIRECTORY", 0) | NOFOLLOW
# a named pipe that was swapped in must not make the open wait for a writer
READ_ANYTHING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
READ_FILE = READ_ANYTHING | _CLOEXEC | NOFOLLOW


# priorities


def lowest_priority() -> None:
    """This process and its children give way to whatever else the owner does."""
    import psutil

    process = psutil.Process()
    with suppress(AttributeError, OSError, psutil.Error):
        if hasattr(os, "SCHED_IDLE"):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(AttributeError, OSError, psutil.Error):
        process.nice(psutil.IDLE_PRIORITY_CLASS if WINDOWS else 19)
    with suppress(AttributeError, OSError, psutil.Error):
        process.ionice(psutil.IOPRIO_VERYLOW if WINDOWS else psutil.IOPRIO_CLASS_IDLE)
    if MACOS:
        _background_class()


def give_way() -> None:
    """This process comes after those of usual priority, but is waited for."""
    with suppress(AttributeError, OSError):
        os.nice(10)


def _background_class() -> None:
    """macOS: slow cores, throttled disk and network (setpriority(2), PRIO_DARWIN_BG)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).setpriority(_PRIO_DARWIN_PROCESS, 0, _PRIO_DARWIN_BG)


def nicely(command: list[str]) -> list[str]:
    """A command that runs at the lowest priority from its start, where the system has a tool for it."""
    if WINDOWS:
        return command
    return ["nice", "-n", "19", *command]


def usable_cores() -> int | None:
    """That this process may run on; None where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None


def at_once() -> int:
    """Questions that are worked on at once: they keep the cores busy while one of them waits for the index,
    and each holds as much memory again."""
    return max(2, min((usable_cores() or os.cpu_count() or 1) + 1, 4))


def has_nvidia_card() -> bool:
    """Whether the driver has one; False where it is not Linux' own."""
    return Path("/dev/nvidia0").exists()


def on_battery() -> bool:
    """False where there is none, or where the system does not say."""
    import psutil

    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return battery is not None and not battery.power_plugged


# processes


def start_of(pid: int) -> str:
    """When a process began, as the system counts it: two of one number differ. Empty when there is none, or
    it has ended and only waits for its parent."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, *fields = file.read().rpartition(b")")[2].split()
        return "" if state in (b"Z", b"X") else fields[18].decode()  # ticks between the boot and its start
    except (OSError, IndexError):
        if os.path.exists("/proc/self/stat"):
            return ""
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(round(process.create_time() * 100))
    except (psutil.Error, OverflowError):
        return ""


def is_parent(pid: int) -> bool:
    """Whether the process of that number started this one and still runs."""
    if not WINDOWS:
        return os.getppid() == pid
    import psutil  # there the number of a parent that is gone stays, and may be another's

    parent = psutil.Process().parent()
    return parent is not None and parent.pid == pid


def on_its_own() -> dict[str, Any]:
    """Arguments of Popen for a process that outlives this one and gets none of its terminal's signals."""
    if not WINDOWS:
        return {"start_new_session": True}
    own_group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0x200)
    return {"creationflags": own_group | getattr(subprocess, "CREATE_NO_WINDOW", 0x08000000)}


# memory and other limits


def share_heaps() -> None:
    """Before threads are started: glibc gives each of them, up to eight a core, a heap of its own, of which
    what is free goes back only in whole pages; 14 of them held 400 MB after 3,000 queries."""
    if LINUX:
        with suppress(AttributeError, OSError):  # musl has no such heaps
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def write_with_little_memory() -> None:
    """For a process that writes the index, before it starts threads: blocks of a megabyte or more go back to
    the system when they are freed. Otherwise glibc takes the first of them that is freed as a reason to keep
    all later ones of up to 32 MB in its heaps."""
    share_heaps()
    if LINUX:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def give_memory_back() -> None:
    """Free memory that Arrow and the C library hold goes back to the system."""
    pool = getattr(sys.modules.get("pyarrow"), "default_memory_pool", None)
    if pool is not None:  # else it is not imported, or another thread is at it
        pool().release_unused()
    if LINUX:
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


class GivingBack:
    """Gives memory back after what took much of it, though not again within some seconds: it takes 10 to 50
    milliseconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self.last = seconds, -seconds

    def now(self) -> None:
        moment = time.monotonic()
        if moment - self.last >= self._seconds:
            self.last = moment
            give_memory_back()


def give_code_back() -> None:
    """Pages of libraries' code leave this process, while nothing is to do. The system keeps them in its cache
    as long as it has room, and maps those that run again; writable pages, and what was changed when a library
    was loaded, are left alone. Linux alone."""
    if not LINUX:
        return
    with suppress(OSError, ValueError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        for line in Path("/proc/self/maps").read_text().splitlines():
            place, rights, *_, name = line.split(maxsplit=5)
            if rights == "r-xp" and ".so" in name:
                begin, end = (int(each, 16) for each in place.split("-"))
                libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), _MADV_DONTNEED)


def restrain(memory_bytes: int = READER_MEMORY, *, seconds: int | None = None) -> None:
    """Limit this process' address space, and its processor time if that is given, and let it leave no core
    file. Not on Windows."""
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def raise_descriptors(count: int) -> int:
    """Let this process open `count` files, as far as the system allows; how many it may open now."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return count
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
        except (ValueError, OSError):
            pass
    return count if soft == resource.RLIM_INFINITY else soft


# files


def user() -> int | None:
    """Who this process runs as; None on Windows, where files have no such owners and modes."""
    return os.geteuid() if hasattr(os, "geteuid") else None


def replace(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Give `source` the name of `target` in one step. On Windows that waits a while for whoever has the
    target open: a reader of a small file, a virus scanner. Raises OSError."""
    end = time.monotonic() + _REPLACE_SECONDS
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if not WINDOWS or time.monotonic() > end:
                raise
            time.sleep(0.02)


def opens_below_folders() -> bool:
    """Whether a name can be opened below a folder that is open, so that no link diverts the way."""
    return os.open in os.supports_dir_fd


def reachable(path: str) -> str:
    """The path to ask Windows for, which by its plain spelling finds none of 260 characters and makes no
    folder of 248; the same path elsewhere."""
    if not WINDOWS or len(path) < _LONG or path.startswith(_EXTENDED):
        return path
    path = path.replace("/", "\\")  # nothing is corrected behind the prefix
    return f"{_EXTENDED}UNC\\{path[2:]}" if path.startswith("\\\\") else _EXTENDED + path


def is_there(path: str | os.PathLike[str]) -> bool:
    """Whether anything has that name, be it a link to nothing."""
    return os.path.lexists(reachable(os.fspath(path)))


def with_slashes(path: str) -> str:
    """As the index keeps it: one spelling on every system."""
    return path.replace("\\", "/") if WINDOWS else path


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies below a folder, both as the system spells them, where case may mean nothing."""
    system: Any = ntpath if WINDOWS else posixpath
    path, folder = system.normcase(path), system.normcase(folder)
    return path.startswith(folder.rstrip(system.sep) + system.sep)


def is_of_the_system(path: str | os.PathLike[str]) -> bool:
    """Whether what lies there only looks like files: processes, devices, the kernel's own state."""
    return not WINDOWS and any(Path(path).is_relative_to(place) for place in _NOT_FILES)


def file_system(path: str) -> str:
    """Type of the file system that holds a path, where the system says so."""
    import psutil

    try:
        mounts = [(m.mountpoint, m.fstype) for m in psutil.disk_partitions(all=True)]
    except OSError:
        return ""
    holding = [m for m in mounts if path == m[0] or is_below(path, m[0])]
    return max(holding, key=lambda m: len(m[0]), default=("", ""))[1]


def most_watches() -> int | None:
    """How many folders a user may watch: Linux watches each on its own. None where there is no such limit."""
    try:
        return int(_WATCHES.read_text())
    except (OSError, ValueError):
        return None


def watches_are_used_up(folder: str) -> bool:
    """Whether fs.inotify.max_user_watches, or the limit of instances, is reached: the observer does not say
    which subfolders it could not watch. Linux; elsewhere False."""
    if not LINUX:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    instance = libc.inotify_init1(os.O_CLOEXEC)
    if instance < 0:
        return True
    try:
        added = libc.inotify_add_watch(instance, os.fsencode(folder), _DELETE_SELF)
        return added < 0 and ctypes.get_errno() == errno.ENOSPC
    finally:
        os.close(instance)


def size_below(folder: str | os.PathLike[str]) -> int:
    """Bytes of every file below a folder, in one walk."""
    total = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # pruned meanwhile
                is_folder = entry.is_dir(follow_symlinks=False)
                total += size_below(entry) if is_folder else entry.stat(follow_symlinks=False).st_size
    return total


# the desktop and the network


def has_display() -> bool:
    """Whether a browser that is opened here is seen by the person who asked."""
    if WINDOWS or MACOS:
        return not os.environ.get("SSH_CONNECTION")
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def has_desktop_entries() -> bool:
    """Whether programs are told to the desktop by files of freedesktop.org."""
    return not (WINDOWS or MACOS)


def opener(path: Path) -> list[str]:
    """What opens a file: no shell between, and an absolute path, so that no name is taken for an option."""
    if MACOS:
        return ["open", str(path)]
    return ["explorer" if WINDOWS else "xdg-open", str(path)]


def revealer(path: Path) -> list[str]:
    """What shows a file in its folder; on Linux the folder alone, which every desktop can."""
    if MACOS:
        return ["open", "-R", str(path)]
    return ["explorer", f"/select,{path}"] if WINDOWS else opener(path.parent)


def take_over_port(listener: Any) -> None:
    """A port whose connections have just ended is free. Not on Windows, where this would share one in use."""
    import socket

    if not WINDOWS:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
