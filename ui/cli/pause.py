"""`searcher pause` and `searcher resume`."""

from __future__ import annotations

import click

from ui.cli.options import Command, service
from ui.cli.output import say


@click.command(cls=Command, examples=("searcher pause",))
def pause() -> None:
    """Let the indexer rest until `searcher resume`; searching goes on."""
    service().pause()
    say("paused; `searcher resume` goes on")


@click.command(cls=Command, examples=("searcher resume",))
def resume() -> None:
    """Let the indexer go on after `searcher pause`."""
    service().resume()
    say("the indexer goes on")
