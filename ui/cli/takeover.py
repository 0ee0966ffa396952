"""`searcher take-over`: an index whose owner is gone gets another."""

from __future__ import annotations

import click

from ui.cli.options import Command, place
from ui.cli.output import clean, say


@click.command("take-over", cls=Command, examples=("searcher take-over",))
@click.option("--yes", is_flag=True, help="Do not ask.")
def take_over(yes: bool) -> None:
    """Make this home the owner of an index that several machines write.

    The owner alone compacts it and chooses its model. Do this when the machine that made the index is gone
    for good: two that tidy at once are in each other's way. Nothing that is indexed changes.
    """
    import indexer

    def agreed(owner: str) -> None:
        if not yes:
            click.confirm(f"The owner is {clean(owner)}. Is that gone for good?", abort=True, err=True)

    say(f"this home is the owner of {indexer.take_over(place(), agreed)} now")
