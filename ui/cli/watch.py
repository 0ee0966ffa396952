"""`searcher watch`: the indexer alone."""

from __future__ import annotations

import click

from ui.cli.options import Command, place
from ui.cli.output import say


@click.command(cls=Command, examples=("searcher watch ~/notes",))
@click.argument("paths", nargs=-1, type=click.Path())
def watch(paths: tuple[str, ...]) -> None:
    """Keep the index up to date until stopped, without the page.

    PATHs are added to the library first. Ctrl-C or SIGTERM stops it; what was done so far stays.
    """
    import signal
    import threading

    from indexer import add_missing
    from searcher import folders
    from searcher.errors import UsageError
    from searcher.models import resolve
    from searcher.settings import Settings
    from searcher.system import write_with_little_memory
    from ui.cli.progress import indexing, model_file, telling_cost

    write_with_little_memory()
    home = place().create()
    settings = Settings.load(home)
    add_missing(home, paths)
    listed = folders.everything(home)
    if not listed:
        raise UsageError("the library has no folders yet; name one: `searcher watch FOLDER`")
    if not settings.embed_url:
        with model_file() as progress:
            resolve(home, settings, announce=say, progress=progress)
    import indexer

    stop = threading.Event()
    interrupted = threading.Event()

    def on_signal(number: int, _: object) -> None:
        if number == signal.SIGINT:
            interrupted.set()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    say(f"watching {len(listed)} folder{'s' if len(listed) > 1 else ''}; Ctrl-C stops")
    with indexing() as report:
        indexer.watch(home, settings, stop=stop, progress=telling_cost(report))
    if interrupted.is_set():
        raise KeyboardInterrupt
