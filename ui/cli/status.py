"""`searcher status`: what is indexed, what waits and what could not be read."""

from __future__ import annotations

from typing import Any

import click

from ui.cli.options import Command, as_json, service
from ui.cli.output import clean, print_json, write


@click.command(
    cls=Command, examples=("searcher status", "searcher status --skipped", "searcher status --json")
)
@as_json
@click.option("--skipped", is_flag=True, help="List the files that were skipped, and why.")
@click.option("--settings", "settings", is_flag=True, help="List every setting, its value and its meaning.")
def status(as_json: bool, skipped: bool, settings: bool) -> None:
    """Show what is indexed, what waits and what could not be read."""
    if settings:
        from ui.cli.settings import show

        show(as_json=as_json)
        return
    from ui.cli import remote

    known = remote.ask("/api/status", {})
    if known is None:
        known = service().status()
    if as_json:
        print_json(known)
        return
    write(_told(known))
    _problems("could not be read", known["failed"])
    if skipped:
        _problems("skipped", known["skipped"])


def _told(known: dict[str, Any]) -> str:
    files, model, disk = known["files"], known["model"], known["disk"]
    used = f"{model['name']}, {model['dim']} dimensions" if model else "nothing is indexed yet"
    page = known["server"]["url"] if known["server"] else "not running; `searcher up` starts it"
    lines = [
        f"home     {clean(known['home'])}",
        f"model    {used}",
        f"files    {files['indexed']} indexed, {files['failed']} failed, {files['skipped']} skipped",
        f"passages {known['chunks']}, {known['pending']} of them not embedded yet",
        *_mass(known),
        f"disk     {disk['index'] / 1e6:.1f} MB index, {disk['models'] / 1e6:.0f} MB models",
        f"indexer  {_indexer(known)}",
        f"page     {page}",
    ]
    if known.get("problem"):
        lines.append(f"problem  {clean(known['problem'])}")
    for folder in known["folders"]:
        lines.append(f"folder   {clean(folder['path'])}  {folder['files']} files")
    return "\n".join(lines)


def _mass(known: dict[str, Any]) -> list[str]:
    if not (count := known["by_words"]):
        return []
    most = known["mass_passages"]
    return [f"         {count} by words alone: of a table, log or generated file {most} get a vector"]


def _indexer(known: dict[str, Any]) -> str:
    state = known["indexer"]
    if state is None:
        return "not running"
    return f"paused (pid {state['pid']})" if known["paused"] else f"{state['phase']} (pid {state['pid']})"


def _problems(title: str, entries: list[dict[str, Any]]) -> None:
    if entries:
        write(f"\n{len(entries)} {title}:")
    for entry in entries:
        write(f"  {clean(entry['path'])}: {clean(entry['reason'])}")
