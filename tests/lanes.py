"""How tests are spread over the workers of pytest-xdist: a lane is what one worker does in one go."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
FIRST = "tests/test_code.py"  # needs nothing that the others wait for at the start
LONG = (
    "tests/browser/test_rebuild.py",
    "tests/e2e/test_model_changes.py",
    "tests/e2e/test_up.py",
    "tests/indexer/bulk/test_ray.py",
    "tests/indexer/care/test_forgetting.py",
    "tests/indexer/changes/test_watcher.py",
    "tests/indexer/running/test_requests.py",
    "tests/indexer/test_bucket.py",
    "tests/indexer/test_crash.py",
    "tests/indexer/test_disk.py",
    "tests/indexer/test_recognition.py",
    "tests/ui/cli/test_desktop.py",
)


@cache
def lane(file: str) -> str:
    """A file of tests is a lane, but those of a room that ask its one running server are a lane together."""
    return str(Path(*Path(file).parts[:2])) if asks_a_server(file) else file


@cache
def asks_a_server(file: str) -> bool:
    return re.search(r"\bserved: ", (ROOT / file).read_text("utf-8")) is not None


def turn(file: str) -> int:
    """The longest lanes come early, so that no worker is left alone with one at the end."""
    return 0 if file == FIRST else 1 if asks_a_server(file) or file in LONG else 2


class Lanes(LoadScopeScheduling):
    """Lanes in the order in which they were collected; a worker that is done takes the next one."""

    def __init__(self, config: Any, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return lane(nodeid.partition("::")[0])
