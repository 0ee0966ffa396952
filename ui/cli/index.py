"""`searcher index`: one pass over the folders."""

from __future__ import annotations

import click

from ui.cli.options import Command, as_json, place
from ui.cli.output import clean, print_json, say, write


@click.command(
    cls=Command,
    examples=("searcher index ~/Documents ~/src", "searcher index --json | jq .files"),
)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--engine",
    type=click.Choice(["ray"]),
    help="Read and embed new files with Ray, on all processors of a cluster (the extra `ray`).",
)
@click.option(
    "--address",
    default="",
    metavar="ADDR",
    help="Where the cluster is, like head:6379; without it one is started on this machine.",
)
@as_json
def index(paths: tuple[str, ...], engine: str | None, address: str, as_json: bool) -> None:
    """Bring the index up to date with the library's folders, once.

    PATHs are added to the library first; one may be an address like s3://bucket/prefix. Files that cannot
    be read are listed and do not fail the call. While `searcher up` or `searcher watch` runs, it is asked
    to do this, and the call waits for it; before --engine it has to be stopped.
    """
    from indexer import add_missing
    from searcher import folders
    from searcher.errors import UsageError
    from searcher.models import resolve
    from searcher.settings import Settings
    from searcher.system import write_with_little_memory
    from ui.cli.progress import indexing, model_file, telling_cost

    if address and not engine:
        raise UsageError("--address says where --engine ray is; give both")
    write_with_little_memory()
    home = place().claim()
    settings = Settings.load(home)
    add_missing(home, paths)
    if not folders.everything(home):
        raise UsageError("the library has no folders yet; name one: `searcher index FOLDER`")
    if not settings.embed_url:
        with model_file() as progress:
            resolve(home, settings, announce=None if as_json else say, progress=progress)
    import indexer

    with indexing() as report:
        told = telling_cost(report)
        if engine:
            with indexer.on_ray(address) as bulk:
                summary = indexer.index(home, settings, progress=told, bulk=bulk).as_json()
        else:
            summary = indexer.index_anyhow(home, settings, progress=told)
    if as_json:
        print_json(summary)
    else:
        write(_text(summary))
        for note in summary["notes"]:
            say(f"  {clean(note)}")
        for error in summary["errors"][:20]:
            say(f"  {clean(error['path'])}: {clean(error['reason'])}")
        if len(summary["errors"]) > 20:
            say(f"  and {len(summary['errors']) - 20} more; `searcher status` lists them")


def _text(summary: dict[str, dict[str, int]]) -> str:
    files, chunks = summary["files"], summary["chunks"]
    changes = [f"{files[name]} {name}" for name in ("added", "changed", "moved", "removed") if files[name]]
    rest = [f"{files[name]} {name}" for name in ("unchanged", "failed", "skipped") if files[name]]
    embedded = f"{chunks['embedded']} passages embedded" if chunks["embedded"] else "nothing to embed"
    reused = f", {chunks['reused']} reused" if chunks["reused"] else ""
    text = ", ".join([*(changes or ["nothing changed"]), *rest])
    return f"{files['seen']} files: {text}; {embedded}{reused} in {summary['seconds']} s"
