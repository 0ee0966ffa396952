"""How tests are spread over the workers of pytest-xdist: a lane is what one worker does in one go."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent.parent
LONG = (
    "tests/browser/test_rebuild.py",
    "tests/e2e/test_model_changes.py",
    "tests/indexer/bulk/test_ray.py",
    "tests/indexer/test_bucket.py",
    "tests/indexer/test_crash.py",
    "tests/test_code.py",
)


@cache
def lane(file: str) -> str:
    """A file of tests is a lane, but those of a room that ask its one running server are a lane together."""
    return str(Path(*Path(file).parts[:2])) if asks_a_server(file) else file


@cache
def asks_a_server(file: str) -> bool:
    return re.search(r"\bserved: ", (ROOT / file).read_text("utf-8")) is not None


def is_long(file: str) -> bool:
    return asks_a_server(file) or file in LONG


class Lanes(LoadScopeScheduling):
    """Lanes in the order in which they were collected; a worker that is done takes the next one."""

    def __init__(self, config: Any, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return lane(nodeid.partition("::")[0])
