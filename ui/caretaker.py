"""Once a day `searcher doctor` looks at everything, in a process of its own, while nothing else is to do."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from searcher import logs
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.runtime import read_indexer_state
from searcher.system import nicely

_A_DAY = 86_400.0
_LOOK_SECONDS = 60.0
_LONGEST = 1800.0


class Caretaker:
    """`announce` gets a line when something is wrong that was not wrong the day before."""

    def __init__(
        self,
        home: Home,
        announce: Callable[[str], None],
        *,
        every: float = _A_DAY,
        look: float = _LOOK_SECONDS,
    ) -> None:
        self._home, self._announce, self._every, self._look = home, announce, every, look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="caretaker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self._look):
            state = read_indexer_state(self._home)
            if self._is_due() and (state is None or state.phase in ("idle", "paused")):
                self._examine()

    def _is_due(self) -> bool:
        last = read_json(self._home.checked)
        return not isinstance(last, dict) or time.time() - last.get("at", 0) >= self._every

    def _examine(self) -> None:
        command = [sys.executable, "-P", "-m", "ui.cli.main", "doctor", "--json"]
        try:
            done = subprocess.run(
                nicely([*command, "--home", str(self._home.root)]),
                capture_output=True,
                timeout=_LONGEST,
            )
            checks = json.loads(done.stdout)["checks"]
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            logs.note(f"the daily check could not be made: {error}", level=logging.WARNING)
            checks = []
        wrong = [f"{check['detail']} -> {check['fix']}" for check in checks if not check["ok"]]
        before = read_json(self._home.checked)
        previous = before.get("wrong", []) if isinstance(before, dict) else []
        write_json(self._home.checked, {"at": time.time(), "wrong": wrong})
        logs.note(f"daily check: {len(checks)} checks, {len(wrong)} of them wrong")
        for line in wrong:
            if line not in previous:
                self._announce(f"the daily check found: {line}")
