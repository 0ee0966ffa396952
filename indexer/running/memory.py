"""Memory that is free but not given back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back() -> None:
    """What was used for a while: the C library keeps it, and Arrow's pool does."""
    import pyarrow as pa

    gc.collect()
    pa.default_memory_pool().release_unused()
    if sys.platform.startswith("linux"):
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl has not
        if trim is not None:
            trim(0)
