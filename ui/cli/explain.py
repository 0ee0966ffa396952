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

    explanation = remote.ask("/api/explain", {"q": query, "path": stored(path)})
    if explanation is None:
        from dataclasses import asdict

        explanation = asdict(service().explain(query, stored(path)))
    if as_json:
        print_json(explanation)
        return
    write(_text(explanation))


def _text(explanation: dict[str, Any]) -> str:
    lines = [clean(explanation["path"]), f"  {clean(explanation['reason'])}"]
    if explanation["rank"]:
        lines.append(
            f"  place {explanation['rank']}: by meaning {_place(explanation['rank_meaning'])}, "
            f"by words {_place(explanation['rank_words'])}"
        )
    if explanation["cosine"] is not None:
        lines.append(
            f"  cosine {explanation['cosine']:.3f}, "
            f"holds {(explanation['words'] or 0) * 100:.0f} % of the words"
        )
    if explanation["passages"]:
        lines.append(f"  {explanation['passages']} passages, {explanation['waiting']} not embedded yet")
    if explanation["by_words"]:
        lines.append(
            f"  {explanation['by_words']} of them by words alone: mass data, see the setting mass_passages"
        )
    if explanation["snippet"]:
        lines += ["", *(f"    {clean(line)}" for line in explanation["snippet"].split("\n")[:4])]
    return "\n".join(lines)


def _place(rank: int | None) -> str:
    return "beyond the candidates" if rank is None else f"{rank}."
