"""Following for a long time in one process: what was told is let go of."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.running import passes
from indexer.summary import Summary
from searcher import folders
from searcher.home import Home
from searcher.settings import Settings
from tests.indexer.processes import is_idle, wait_until

WAVES, FILES = 3, 5


@contextmanager
def watching(home: Home) -> Iterator[None]:
    stop = threading.Event()
    settings = Settings(debounce_seconds=0.1, sweep_minutes=60)
    thread = threading.Thread(target=passes.watch, args=(home, settings), kwargs={"stop": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def failed(home: Home) -> int:
    catalogue = Catalogue(home, write=False)
    try:
        return len(catalogue.with_status("failed"))
    finally:
        catalogue.close()


def remembered() -> int:
    """Errors in every summary of this process."""
    return sum(len(each.errors) for each in gc.get_objects() if type(each) is Summary)


def test_failures_do_not_pile_up(home: Home, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    folders.add(home, library)
    earlier = remembered()
    with watching(home):
        wait_until(lambda: is_idle(home), seconds=90)
        for wave in range(1, WAVES + 1):
            for number in range(FILES):
                (library / f"broken-{wave}-{number}.docx").write_bytes(b"PK, but no more of a package")
            wait_until(lambda wave=wave: failed(home) == wave * FILES, seconds=60)
            wait_until(lambda: remembered() <= earlier, seconds=60)
