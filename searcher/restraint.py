"""What a process that reads hostile files may have."""

from __future__ import annotations

import contextlib

READER_MEMORY = 1536 << 20  # bytes of address space


def restrain(memory_bytes: int = READER_MEMORY) -> None:
    """Limit this process' address space, and let it leave no core file. Not on Windows."""
    try:
        import resource
    except ImportError:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
