"""`searcher forget`: no trace of a file or folder stays in the index."""

from __future__ import annotations

import click

from ui.cli.options import Command, as_json, place
from ui.cli.output import clean, print_json, say


@click.command(cls=Command, examples=("searcher forget ~/notes/diary.md",))
@click.argument("path", type=click.Path())
@as_json
def forget(path: str, as_json: bool) -> None:
    """Remove every trace of a file or folder from the index.

    The file itself stays. While it lies in a folder of the library the next pass reads it again: exclude it
    with `searcher folders add FOLDER --exclude GLOB`, or a line in .gitignore.
    """
    from pathlib import Path

    import indexer
    from searcher.settings import Settings

    home = place()
    target = Path(path).expanduser().absolute()
    done = indexer.forget(home, Settings.load(home), target)
    if as_json:
        print_json({"path": str(target), **done})
    else:
        say(f"forgot {clean(str(target))}: {done['files']} files, {done['chunks']} passages")
