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

    The file itself stays, and is not read again until its folder is added again with `searcher folders add`.
    While `searcher up` or `searcher watch` runs, it is asked to do this, and the call waits for it.
    """
    from pathlib import Path

    import indexer
    from searcher.objects import is_address
    from searcher.settings import Settings
    from searcher.system import write_with_little_memory
    from ui.cli.progress import indexing, waiting

    write_with_little_memory()
    home = place()
    target = path if is_address(path) else str(Path(path).expanduser().absolute())
    with indexing() as report:
        done = indexer.forget_anyhow(home, Settings.load(home), target, progress=waiting(report))
    if as_json:
        print_json({"path": target, **done})
    else:
        say(f"forgot {clean(target)}: {done['files']} files, {done['chunks']} passages")
