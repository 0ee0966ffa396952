"""Whether the kernel can watch one more folder: the observer does not say which subfolders it could not."""

from __future__ import annotations

import ctypes
import errno
import os
import sys

_DELETE_SELF = 0x400  # IN_DELETE_SELF of <sys/inotify.h>


def used_up(folder: str) -> bool:
    """Whether fs.inotify.max_user_watches, or the limit of instances, is reached (Linux; elsewhere False)."""
    if not sys.platform.startswith("linux"):
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
