"""`searcher suggest`: names of files, headings and words of the library that begin with a text."""

from __future__ import annotations

import click

from ui.cli.options import Command, as_json, service


@click.command(cls=Command, examples=("searcher suggest boil", "searcher suggest report --limit 20 --json"))
@click.argument("prefix")
@click.option(
    "--limit", "-n", type=click.IntRange(1, 500), default=8, show_default=True, help="Suggestions to list"
)
@as_json
def suggest(prefix: str, limit: int, as_json: bool) -> None:
    """List file names, headings and words of the library that begin with PREFIX, common words first."""
    from dataclasses import asdict

    from ui.cli import remote
    from ui.cli.output import print_json, write

    answer = remote.ask("/api/suggest", {"q": prefix, "limit": limit})
    if answer is None:
        answer = {"suggestions": [asdict(one) for one in service().suggest(prefix, limit=limit)]}
    if as_json:
        print_json(answer)
        return
    for one in answer["suggestions"]:
        write(one["text"])
