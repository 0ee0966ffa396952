"""`searcher explain`: where a document stands for a query, and why."""

from __future__ import annotations

from typing import Any

import click

from ui.cli.options import Command, as_json, service
from ui.cli.output import clean, print_json, write


@click.command(cls=Command, examples=('searcher explain "open invoices" notes/2026.md',))
@click.argument("query")
@click.argument("path", type=click.Path())
@as_json
def explain(query: str, path: str, as_json: bool) -> None:
    """Show why a document is found for a query, or why not."""
    from ui.cli import remote
    from ui.cli.similar import stored

    found = remote.ask("/api/explain", {"q": query, "path": stored(path)})
    if found is None:
        from dataclasses import asdict

        found = asdict(service().explain(query, stored(path)))
    if as_json:
        print_json(found)
        return
    write(_told(found))


def _told(found: dict[str, Any]) -> str:
    lines = [clean(found["path"]), f"  {clean(found['reason'])}"]
    if found["rank"]:
        lines.append(
            f"  place {found['rank']}: by meaning {_place(found['rank_meaning'])}, "
            f"by words {_place(found['rank_words'])}"
        )
    if found["cosine"] is not None:
        lines.append(
            f"  cosine {found['cosine']:.3f}, holds {(found['words'] or 0) * 100:.0f} % of the words"
        )
    if found["passages"]:
        lines.append(f"  {found['passages']} passages, {found['waiting']} not embedded yet")
    if found["by_words"]:
        lines.append(
            f"  {found['by_words']} of them by words alone: mass data, see the setting mass_passages"
        )
    if found["snippet"]:
        lines += ["", *(f"    {clean(line)}" for line in found["snippet"].split("\n")[:4])]
    return "\n".join(lines)


def _place(rank: int | None) -> str:
    return "beyond the candidates" if rank is None else f"{rank}."
