"""`searcher backup` and `searcher restore`: everything searcher keeps, as one file."""

from __future__ import annotations

import click

from ui.cli.options import Command, as_json, place
from ui.cli.output import print_json, say


@click.command(cls=Command, examples=("searcher backup ~/searcher.tar", "searcher backup /mnt/usb/s.tar.gz"))
@click.argument("file", type=click.Path(dir_okay=False))
@as_json
def backup(file: str, as_json: bool) -> None:
    """Copy everything searcher keeps into one file, also while it runs.

    The index, the list of folders, settings, saved searches and the brief; not your documents, not model
    files, which can be fetched or built again, and not the token. An indexer that runs makes the copy itself,
    between two of its steps; searching goes on.
    """
    from pathlib import Path

    import indexer

    done = indexer.backup_anyhow(place(), Path(file).expanduser().absolute())
    if as_json:
        print_json(done)
    else:
        say(f"wrote {done['path']}: {done['files']} files, {done['bytes'] / 1e6:.1f} MB")


@click.command(cls=Command, examples=("searcher restore ~/searcher.tar",))
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--yes", "-y", is_flag=True, help="Replace an index that is there without asking.")
@as_json
def restore(file: str, yes: bool, as_json: bool) -> None:
    """Put a backup in place of what the home keeps.

    All of it or nothing. Stop searcher first. What changed in your folders since the backup was made is read
    at the next start.
    """
    from pathlib import Path

    import indexer
    from searcher.store.table import read_live

    home = place()
    if read_live(home) is not None and not yes:
        click.confirm(f"Replace the index in {home.root}?", abort=True, err=True)
    done = indexer.restore(home, Path(file).expanduser().absolute())
    if as_json:
        print_json(done)
    else:
        say(f"restored the backup of {done['made']} into {home.root}")
