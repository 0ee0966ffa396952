"""`searcher folders`: which folders make up the library."""

from __future__ import annotations

import click

from ui.cli.options import Group, add_home_option, as_json, place, service
from ui.cli.output import clean, print_json, say, write


@click.group(cls=Group)
def folders() -> None:
    """List, add or remove the library's folders."""


add_home_option(folders)


@folders.command("list", examples=("searcher folders list", "searcher folders list --json"))
@as_json
def list_(as_json: bool) -> None:
    """Show the folders, how much of each is indexed, and the globs that narrow them."""

    listed = service().folders()
    if as_json:
        print_json({"folders": listed})
        return
    for folder in listed:
        write(f"{clean(folder['path'])}  {folder['files']} files")
        for name in ("include", "exclude"):
            if folder[name]:
                write(f"    {name} {' '.join(folder[name])}")
    if not listed:
        say("the library has no folders yet; `searcher folders add FOLDER` adds one")


@folders.command("add", examples=("searcher folders add ~/notes --exclude 'drafts/**'",))
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--include", multiple=True, metavar="GLOB", help="Only files that match; may be repeated")
@click.option("--exclude", multiple=True, metavar="GLOB", help="No files that match; may be repeated")
def add(paths: tuple[str, ...], include: tuple[str, ...], exclude: tuple[str, ...]) -> None:
    """Add folders, or replace the globs of those already there. What was forgotten in them is read again."""
    from indexer import add_folder
    from searcher.runtime import read_indexer_state

    home = place()
    for path in paths:
        say(f"added {clean(add_folder(home, path, include=include, exclude=exclude).path)}")
    if read_indexer_state(home) is None:
        say("run `searcher index` or `searcher up` to index it")


@folders.command("remove", examples=("searcher folders remove ~/notes",))
@click.argument("paths", nargs=-1, required=True, type=click.Path())
def remove(paths: tuple[str, ...]) -> None:
    """Take folders out of the library; the files stay where they are."""
    from searcher import folders as library
    from searcher.runtime import read_indexer_state

    home = place()
    for path in paths:
        say(f"removed {clean(library.remove(home, path).path)}")
    if read_indexer_state(home) is None:
        say("`searcher index` or `searcher up` takes its passages out of the index")
