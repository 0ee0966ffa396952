"""`searcher folders`: which folders make up the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ui.cli.options import Group, add_home_option, as_json, place, service
from ui.cli.output import clean, print_json, say, write

if TYPE_CHECKING:
    from searcher.folders import Folder
    from searcher.home import Home
    from searcher.settings import Settings

_LOOKS_SECONDS = 2.0  # for the files of a folder that is added


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
    """Add folders, or replace the globs of those already there. What was forgotten in them is read again.

    An address like s3://bucket/prefix (also gs:// and az://) is one too, of documents in an object store.
    """
    from indexer import add_folder
    from searcher.runtime import is_followed
    from searcher.settings import Settings

    home = place()
    settings = Settings.load(home)
    for path in paths:
        folder = add_folder(home, path, include=include, exclude=exclude)
        say(f"added {clean(folder.path)}: {_cost(folder, home, settings)}")
    if is_followed(home):
        say("searcher runs and reads it now; `searcher status` shows how far it is")
    else:
        say("run `searcher index` or `searcher up` to index it")


def _cost(folder: Folder, home: Home, settings: Settings) -> str:
    """What there is to read, and how long that takes where it was counted to the end."""
    from indexer import preview
    from searcher.errors import SearcherError
    from ui.cli.progress import duration

    try:
        cost = preview(folder, home, settings, seconds=_LOOKS_SECONDS)
    except SearcherError as error:
        return str(error)
    files = "1 file" if cost["files"] == 1 else f"{cost['files']:,} files"
    size = f"{cost['bytes'] / 1e6:,.0f} MB" if cost["bytes"] >= 1e6 else f"{cost['bytes'] / 1e3:.0f} kB"
    if not cost["whole"]:
        return f"more than {files}, {size}"
    long = f"about {duration(cost['seconds'])}" if cost["seconds"] >= 60 else "under a minute"
    said = f"{files}, {size}, {long} to index"
    if cost["pictures"]:
        pictures = (
            "1 picture" if cost["pictures"] == 1 else f"{cost['pictures']:,} pictures and scanned pages"
        )
        said += f"; text in {pictures} is read afterwards: about {duration(cost['picture_seconds'])}"
    return said


@folders.command("remove", examples=("searcher folders remove ~/notes",))
@click.argument("paths", nargs=-1, required=True, type=click.Path())
def remove(paths: tuple[str, ...]) -> None:
    """Take folders out of the library; the files stay where they are."""
    from searcher import folders as library
    from searcher.runtime import is_followed

    home = place()
    for path in paths:
        say(f"removed {clean(library.remove(home, path).path)}")
    if not is_followed(home):
        say("`searcher index` or `searcher up` takes its passages out of the index")
