"""`searcher similar`: documents like a file, or like one place in it."""

from __future__ import annotations

import os

import click

from ui.cli.options import Command, as_json, service


@click.command(
    cls=Command,
    examples=("searcher similar notes/idea.md", "searcher similar src/login.py:42 --limit 5 --json"),
)
@click.argument("place", metavar="PATH[:LINE]")
@click.option(
    "--limit", "-n", type=click.IntRange(1, 500), default=10, show_default=True, help="Results to show"
)
@as_json
@click.option("--paths", is_flag=True, help="Print paths alone, one a line.")
def similar(place: str, limit: int, as_json: bool, paths: bool) -> None:
    """Find documents like a file of the library, or like the passage at one of its lines."""
    from ui.cli import remote, results

    path, line = split_place(place)
    given = {"path": stored(path), "limit": limit} | ({"line": line} if line else {})
    answer = remote.ask("/api/similar", given)
    if answer is None:
        from ui.answers import answer_json

        answer = answer_json(service().similar(stored(path), line, limit=limit))
    results.show(answer, as_json=as_json, paths=paths)


def stored(path: str) -> str:
    """The path as the index has it: absolute, links followed, valid Unicode."""
    from searcher.paths import to_stored

    return to_stored(os.path.realpath(os.path.expanduser(path)))


def split_place(text: str) -> tuple[str, int | None]:
    """PATH or PATH:LINE. A file whose name ends so is taken by its whole name. Raises UsageError."""
    from searcher.errors import UsageError

    path, colon, tail = text.rpartition(":")
    if not colon or not (tail.isascii() and tail.isdigit()) or os.path.exists(text):
        return text, None
    if int(tail) < 1:
        raise UsageError(f"{text}: lines are counted from 1")
    return path, int(tail)
