"""The one way to a file of the library: from its folder down, one name at a time, following no link.

Whoever may write into a folder could otherwise swap a name for a link between a check and the open.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from searcher.system import READ_FILE, READ_FOLDER, opens_below_folders, reachable


def open_below(folder: str | os.PathLike[str], path: str | os.PathLike[str]) -> BinaryIO:
    """A regular file at `path`, which lies below `folder`, open for reading and unbuffered. Both are
    absolute. Raises OSError, also for a link on the way (ELOOP or ENOTDIR) and for what is no regular file
    (EINVAL), and ValueError for a path that is not below the folder."""
    names = Path(path).relative_to(folder).parts
    if not names or os.pardir in names:
        raise ValueError(f"{os.fspath(path)} is not below {os.fspath(folder)}")
    descriptor = _walked(Path(folder), names)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", os.fspath(path))
    return os.fdopen(descriptor, "rb", buffering=0)


def _walked(folder: Path, names: tuple[str, ...]) -> int:
    if not opens_below_folders():
        return _looked_at(folder, names)
    current = os.open(folder, READ_FOLDER)
    try:
        for name in names[:-1]:
            below = os.open(name, READ_FOLDER, dir_fd=current)
            os.close(current)
            current = below
        return os.open(names[-1], READ_FILE, dir_fd=current)
    finally:
        os.close(current)


def _looked_at(folder: Path, names: tuple[str, ...]) -> int:
    """Where a name cannot be opened below an open folder: the path means itself, before and after."""
    path = Path(reachable(os.fspath(folder.joinpath(*names))))
    descriptor = -1
    for opens in (True, False):
        if path.resolve() != path:
            if descriptor >= 0:
                os.close(descriptor)
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), os.fspath(path))
        if opens:
            descriptor = os.open(path, READ_FILE)
    return descriptor
