"""`searcher pause` and `searcher resume`."""

from __future__ import annotations

import click

from ui.cli.options import Command, place
from ui.cli.output import say


@click.command(cls=Command, examples=("searcher pause",))
def pause() -> None:
    """Let the indexer rest until `searcher resume`; searching goes on."""
    from searcher.runtime import set_paused

    set_paused(place().create(), True)
    say("paused; `searcher resume` goes on")


@click.command(cls=Command, examples=("searcher resume",))
def resume() -> None:
    """Let the indexer go on after `searcher pause`."""
    from searcher.runtime import set_paused

    set_paused(place().create(), False)
    say("the indexer goes on")
