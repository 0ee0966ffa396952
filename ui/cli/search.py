"""`searcher search`: through the running `searcher up` when there is one, else straight from the index."""

from __future__ import annotations

from typing import Any

import click

from searcher.settings import options
from ui.cli.options import Command, as_json, service


@click.command(
    cls=Command,
    examples=(
        'searcher search "wo werden die Zugangsdaten geprüft?"',
        "searcher search invoices --type pdf --since 2026-01 --limit 5",
        "searcher search -0 TODO | xargs -0 grep -n TODO",
        "vim -q <(searcher search --format vimgrep where are passwords checked)",
    ),
)
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", "-n", type=click.IntRange(1, 500), help="Results to show [default: the setting, 10]")
@click.option(
    "--mode",
    type=click.Choice(options("mode")),
    help="By meaning, by words, or both [default: the setting, hybrid]",
)
@click.option(
    "--task", type=click.Choice(options("task")), help="What the query is for [default: the setting, auto]"
)
@click.option("--type", "types", metavar="pdf,md", help="Only these types of file")
@click.option("--path", metavar="GLOB", help="Only paths that match")
@click.option("--lang", metavar="de", help="Only passages in this language")
@click.option("--since", metavar="DATE", help="Only documents of this day, month or year, or later")
@click.option("--until", metavar="DATE", help="Only documents of this day, month or year, or earlier")
@click.option("--folder", metavar="DIR", help="Only this folder of the library")
@click.option("--sort", type=click.Choice(("relevance", "date")), help="[default: relevance]")
@as_json
@click.option("--jsonl", is_flag=True, help="Print one JSON object a result.")
@click.option("--paths", is_flag=True, help="Print paths alone, one a line.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("vimgrep",)),
    help="vimgrep: path:line:column:text, for an editor's list of places.",
)
@click.option(
    "--null", "-0", "null", is_flag=True, help="With --paths: end each with a NUL byte, for xargs -0."
)
def search(
    query: tuple[str, ...],
    as_json: bool,
    jsonl: bool,
    paths: bool,
    null: bool,
    form: str | None,
    types: str | None,
    **given: Any,
) -> None:
    """Find documents by meaning and by words.

    The query may hold "quoted passages", -words to leave out, and filters: type:pdf path:src/* lang:de
    date:2026-03 folder:notes tag:travel.
    """
    from ui.cli import remote, results

    chosen = {name: value for name, value in given.items() if value is not None}
    if types:
        chosen["type"] = types
    if "folder" in chosen:
        chosen["folder"] = _folder(chosen["folder"])
    answer = remote.ask("/api/search", {"q": " ".join(query), **chosen})
    if answer is None:
        answer = _here(" ".join(query), chosen)
    results.show(answer, as_json=as_json, jsonl=jsonl, paths=paths or null, null=null, form=form)


def _folder(text: str) -> str:
    import os

    path = os.path.realpath(os.path.expanduser(text))
    return path if os.path.isdir(path) else text


def _here(query: str, chosen: dict[str, Any]) -> dict[str, Any]:
    from ui.answers import answer_json

    types = tuple(part for part in chosen.pop("type", "").split(",") if part)
    library = service()
    chosen.setdefault("limit", library.settings.limit)
    chosen.setdefault("mode", library.settings.mode)
    chosen.setdefault("task", library.settings.task)
    return answer_json(library.search(query, types=types, **chosen))
