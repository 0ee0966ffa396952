"""What a failed read or write below the home means for a person, whoever reported it."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searcher.away import is_away, unreachable
from searcher.errors import HomeError, IndexDamaged, IndexUnreachable, SearcherError

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
_SQLITE = {  # primary result codes
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_CANTOPEN: errno.EIO,
}
_LANCE = re.compile(r"lance|Lance")
# LanceDB has no types of errors: ValueError is mostly for a wrong question, RuntimeError for all else
_BROKEN = re.compile(r"be a Lance file|Schema error: No field named|[Nn]ot found|no longer exists")
_QUESTION = re.compile(r"[Rr]egular expression|failed to call 'regex")
_NUMBER = re.compile(r"\(os error (\d+)\)")
_NOTHING_FREE = 1 << 20  # bytes; what needs a page more fails though some are left
KEPT = "what is indexed is kept and still answers"


@contextmanager
def explained(root: Path) -> Iterator[None]:
    """Errors of the disk, the database and the catalogue under the home become HomeError, IndexDamaged or
    IndexUnreachable."""
    try:
        yield
    except (SearcherError, BrokenPipeError):
        raise
    except (OSError, RuntimeError, ValueError, sqlite3.Error) as error:
        if (meant := meaning(error, root)) is None:
            raise
        raise meant from error


def meaning(error: Exception, root: Path) -> SearcherError | None:
    """The error to show; None for one that has nothing to do with files."""
    if is_away(error):
        return unreachable(error)
    number = _number(error, root)
    if number is None:
        return damaged(error) if _LANCE.search(str(error)) else None
    name = getattr(error, "filename", None)
    path = os.fsdecode(name) if isinstance(name, (str, bytes)) else str(root)
    if number in _FULL:
        return HomeError(f"the disk of {root} is full; free some space and try again: {KEPT}")
    if number == errno.EFBIG:
        return HomeError(
            f"a file in {root} would be larger than the system allows; raise that limit (ulimit -f) "
            f"and try again: {KEPT}"
        )
    if number in _CLOSED:
        return HomeError(
            f"cannot write {path}: {os.strerror(number)}; make {root} writable for you, "
            f"or choose another home with --home: {KEPT}"
        )
    if number == errno.ENOENT and _LANCE.search(str(error)):
        return damaged(error)
    return HomeError(f"cannot use {path}: {os.strerror(number)}; check that disk, then run `searcher doctor`")


def is_about_files(error: Exception) -> bool:
    """Whether the database says this of its files, rather than of what it was asked."""
    message = str(error)
    if is_away(error):
        return True
    if isinstance(error, ValueError):
        return bool(_BROKEN.search(message))
    return bool(_LANCE.search(message) or _BROKEN.search(message)) and not _QUESTION.search(message)


def damaged(error: Exception) -> IndexDamaged | IndexUnreachable:
    """For what the database says of its own files, as far as it could look at them."""
    if is_away(error):
        return unreachable(error)
    message = re.sub(r",? *\S*/(registry|rustc|library)/\S+", "", str(error).splitlines()[0])
    message = message.removeprefix("lance error: ")[:200]
    return IndexDamaged(f"the index cannot be read ({message}); run `searcher doctor --fix`")


def _number(error: Exception, root: Path) -> int | None:
    if isinstance(error, sqlite3.Error):
        number = _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    elif match := _NUMBER.search(str(error)):
        number = int(match[1])
    else:
        number = error.errno if isinstance(error, OSError) else None
    if number == errno.EIO:  # SQLite's word for a page it cannot add, among others
        return _at_the_disk(root)
    return number


def _at_the_disk(root: Path) -> int:
    try:
        if shutil.disk_usage(root).free < _NOTHING_FREE:
            return errno.ENOSPC
        return errno.EIO if os.access(root, os.W_OK) else errno.EROFS
    except OSError as error:
        return error.errno or errno.EIO
