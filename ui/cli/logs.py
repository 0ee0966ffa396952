"""`searcher logs`: what the processes said, and the reports of crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.cli.options import Command, place
from ui.cli.output import clean, say, write

if TYPE_CHECKING:
    from searcher.home import Home


@click.command(cls=Command, examples=("searcher logs --follow", "searcher logs --crash"))
@click.option("--lines", "-n", type=click.IntRange(1), default=100, show_default=True, help="Lines to show")
@click.option("--follow", "-f", is_flag=True, help="Go on showing what is added.")
@click.option("--crash", is_flag=True, help="Show the report of the last crash.")
def logs(lines: int, follow: bool, crash: bool) -> None:
    """Show what was said and what went wrong.

    Logs and crash reports lie in the home's `logs` folder, a few megabytes at most, and are sent nowhere.
    """
    home = place()
    if crash:
        _crash(home)
        return
    show(home, lines=lines, follow=follow)


def show(home: Home, *, lines: int = 100, follow: bool = False) -> None:
    from searcher import logs

    shown = logs.lines(home, lines)
    for line in shown:
        write(clean(line))
    if not shown:
        say(f"nothing is logged in {home.logs} yet")
    if follow:
        _follow(home)


def _follow(home: Home) -> None:
    """Until Ctrl-C."""
    import sys
    import time

    places = {process: home.log(process) for process in ("server", "indexer")}
    seen = {process: _size(file) for process, file in places.items()}
    while True:
        for process, file in places.items():
            size = _size(file)
            if size < seen[process]:  # a new file was begun
                seen[process] = 0
            if size > seen[process]:
                with file.open("rb") as source:
                    source.seek(seen[process])
                    text = source.read(size - seen[process])
                seen[process] = size
                write(clean(text.decode("utf-8", "replace")), end="")
                sys.stdout.flush()
        time.sleep(0.5)


def _size(file: object) -> int:
    import os

    try:
        return os.stat(str(file)).st_size
    except OSError:
        return 0


def _crash(home: Home) -> None:
    from searcher.logs import keep_fatal

    for process in ("server", "indexer"):
        keep_fatal(home, process)
    reports = home.crash_reports()
    if not reports:
        say("nothing has crashed")
        return
    say(str(reports[0]))
    write(clean(reports[0].read_text("utf-8", errors="replace")), end="")
