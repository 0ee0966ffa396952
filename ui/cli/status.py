"""`searcher status`: what is indexed, what waits and what could not be read."""

from __future__ import annotations

from typing import Any

import click

from ui.cli.options import Command, as_json, service
from ui.cli.output import clean, print_json, write
from ui.cli.progress import duration

_UNKNOWN = "not known now: the index cannot be asked"


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

    report = remote.ask("/api/status", {})
    if report is None:
        report = service().status()
    if as_json:
        print_json(report)
        return
    write(_text(report))
    _problems("could not be read", report["failed"])
    _problems("read in part", report["in_part"])
    if skipped:
        _problems("skipped", report["skipped"])


def _text(report: dict[str, Any]) -> str:
    files, model, disk = report["files"], report["model"], report["disk"]
    unknown = not model and not report["readable"]
    used = f"{model['name']}, {model['dim']} dimensions" if model else "nothing is indexed yet"
    if model and (device := (report["indexer"] or {}).get("device")):
        used += f", computed by {clean(device)}"
    passages = f"{report['chunks']}, {report['pending']} of them not embedded yet"
    index = f"{disk['index'] / 1e6:.1f} MB index, "
    page = report["server"]["url"] if report["server"] else "not running; `searcher up` starts it"
    lines = [
        f"home     {clean(report['home'])}",
        *_index(report),
        f"model    {_UNKNOWN if unknown else used}",
        f"files    {files['indexed']} indexed, {files['failed']} failed, {files['skipped']} skipped",
        f"passages {_UNKNOWN if unknown else passages}",
        *_mass(report),
        f"disk     {'' if unknown else index}{disk['models'] / 1e6:.0f} MB models",
        f"indexer  {_indexer(report)}",
        f"page     {page}",
    ]
    if report.get("problem"):
        lines.append(f"problem  {clean(report['problem'])}")
    for folder in report["folders"]:
        lines.append(f"folder   {clean(folder['path'])}  {folder['files']} files")
    return "\n".join(lines)


def _index(report: dict[str, Any]) -> list[str]:
    if not report["place"]:
        return []
    machines = ", ".join(map(clean, report["sources"]))
    return [f"index    {clean(report['place'])}", *([f"machines {machines}"] if machines else [])]


def _mass(report: dict[str, Any]) -> list[str]:
    if not (count := report["by_words"]):
        return []
    most = report["mass_passages"]
    return [f"         {count} by words alone: of a table, log or generated file {most} get a vector"]


def _indexer(report: dict[str, Any]) -> str:
    state = report["indexer"]
    if state is None:
        return "not running"
    if state["phase"] == "stopped":
        return f"stopped by a signal; `kill -CONT {state['pid']}` lets it go on"
    if report["paused"]:
        return f"paused (pid {state['pid']})"
    doing = state["phase"]
    if state["pages_left"]:
        left = f", {duration(state['seconds_left'])} left" if state["seconds_left"] else ""
        doing = (
            f"reading pictures of text, {state['pages_done']} pages done, {state['pages_left']} to go{left}"
        )
    return f"{doing} (pid {state['pid']})"


def _problems(title: str, entries: list[dict[str, Any]]) -> None:
    if entries:
        write(f"\n{len(entries)} {title}:")
    for entry in entries:
        write(f"  {clean(entry['path'])}: {clean(entry['reason'])}")
