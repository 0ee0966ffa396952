"""`python -m indexer --home DIR`: watch, at the lowest priority unless set otherwise, until told to stop."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading

from indexer import watch
from searcher import logs
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.lighter import leave_out_checks, leave_out_pandas
from searcher.runtime import START_AGAIN
from searcher.settings import Settings
from searcher.system import is_parent, lowest_priority, write_with_little_memory


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m indexer", description=__doc__)
    parser.add_argument("--home")
    parser.add_argument("--parent", type=int, help="stop when the process of this id is no longer the parent")
    arguments = parser.parse_args()
    os.umask(0o077)  # what is written here is for its owner alone
    write_with_little_memory()
    leave_out_pandas()
    leave_out_checks()
    home = Home.locate(arguments.home)
    priority = _priority(home)
    if priority != "normal":
        lowest_priority()
    stop, again = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    parent = arguments.parent or os.getppid()

    def follow_parent() -> None:
        while not stop.wait(1):
            if not is_parent(parent):
                stop.set()
            elif _priority(home) != priority:  # a process may lower its own, but not raise it
                again.set()
                stop.set()

    threading.Thread(target=follow_parent, daemon=True).start()
    logs.open_log(home, "indexer")
    logs.note("the indexer begins")
    try:
        watch(home, Settings.load(home), stop=stop)
        logs.note("the indexer ends")
    except SearcherError as error:
        print(f"searcher: {error}", file=sys.stderr)
        logs.note(str(error), level=logging.ERROR)
        return error.exit_code
    except Exception as error:
        if os.environ.get("SEARCHER_DEBUG"):
            raise
        reason = " ".join(str(error).split())[:300] or "no message"
        report = logs.report_crash(home, error, "indexer")
        where = f"the report is {report}" if report else "SEARCHER_DEBUG=1 shows where"
        print(f"searcher: unexpected {type(error).__name__}: {reason}; {where}", file=sys.stderr)
        return 1
    return START_AGAIN if again.is_set() else 0


def _priority(home: Home) -> str:
    try:
        return Settings.load(home).priority
    except SearcherError:
        return "lowest"


if __name__ == "__main__":
    sys.exit(main())
