"""Progress on the terminal, on stderr; silence when stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ui.cli.output import say

if TYPE_CHECKING:
    from searcher.runtime import IndexerState, Report

Bytes = Callable[[int, int], None]


@contextmanager
def model_file() -> Iterator[Bytes | None]:
    """A bar of megabytes for a download or a build; it appears with the first byte."""
    if not sys.stderr.isatty():
        yield None
        return
    bars: list[tuple[Any, Any]] = []

    def report(done: int, total: int) -> None:
        if not bars:
            from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

            bar = Progress(
                TextColumn("model"),
                BarColumn(),
                DownloadColumn(),
                TimeRemainingColumn(),
                console=_console(),
                transient=True,
            )
            bar.start()
            bars.append((bar, bar.add_task("model", total=total or None)))
        bar, task = bars[0]
        bar.update(task, completed=done, total=total or None)

    try:
        yield report
    finally:
        for bar, _ in bars:
            bar.stop()


@contextmanager
def indexing() -> Iterator[Report | None]:
    """A bar of files, then of passages, with tokens a second and the time left."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[facts]}"))
    with Progress(*columns, console=_console(), transient=True) as bar:
        task = bar.add_task("starting", total=None, facts="")

        def report(state: IndexerState) -> None:
            done, total = measure(state)
            bar.update(task, description=state.phase, completed=done, total=total, facts=facts(state))

        yield report


def telling_cost(report: Report | None) -> Report:
    """As `report`; what a long build will cost is said once."""
    said: list[str] = []

    def told(state: IndexerState) -> None:
        if state.cost and state.cost not in said:
            said.append(state.cost)
            say(state.cost)
        if report:
            report(state)

    return told


def waiting(report: Report | None) -> Report:
    """As `report`; and what the indexer, which has to do what was asked, is doing instead is said in a line
    each time that it is something else."""
    said: list[str] = []

    def told(state: IndexerState) -> None:
        doing = f"which is {'busy: ' if state.phase not in ('idle', 'stopped') else ''}{state.phase}"
        if state.phase == "stopped":
            doing = f"which a signal has stopped: `kill -CONT {state.pid}` lets it go on"
        if said[-1:] != [doing]:
            said.append(doing)
            say(f"waiting for the indexer (pid {state.pid}), {doing}")
        if report:
            report(state)

    return told


def measure(state: IndexerState) -> tuple[int, int | None]:
    """(done, total) of what the phase counts; a total of None is not known."""
    if state.phase == "recognising":
        return state.pages_done, state.pages_done + state.pages_left
    if state.phase == "embedding":
        return state.chunks_written, (state.chunks_written + state.chunks_pending) or None
    return state.files_done, state.files_total or None


def facts(state: IndexerState) -> str:
    """Files, passages, speed and time left, as far as they are known."""
    parts = []
    if state.pages_left:
        parts.append(f"{state.pages_done}/{state.pages_done + state.pages_left} pages")
    elif state.files_total:
        parts.append(f"{state.files_done}/{state.files_total} files")
    if state.chunks_pending:
        parts.append(f"{state.chunks_pending} passages to embed")
    if state.tokens_per_second:
        parts.append(f"{state.tokens_per_second:.0f} tokens/s")
    if state.seconds_left is not None and (state.chunks_pending or state.files_waiting or state.pages_left):
        parts.append(f"{duration(state.seconds_left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _console() -> Any:
    from rich.console import Console

    return Console(stderr=True)
