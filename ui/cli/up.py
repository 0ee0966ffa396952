"""`searcher up`: the page, the API and the indexer, until Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import click

from ui.cli.options import Command, place
from ui.cli.output import fancy, paint, say

if TYPE_CHECKING:
    from searcher.home import Home
    from searcher.settings import Settings

TERMINATED = 143  # 128 + SIGTERM
_FIRST_SECONDS = 30.0  # that one which is starting may take to answer


@click.command(
    cls=Command, examples=("searcher up ~/Documents ~/src", "searcher up --port 9000 --no-browser")
)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the page [default: 8765]")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on")
@click.option("--token", "with_token", is_flag=True, help="Let in whoever has the token; needed with --host.")
def up(paths: tuple[str, ...], port: int | None, no_browser: bool, host: str, with_token: bool) -> None:
    """Index folders, watch them and serve the search page.

    PATHs are added to the library. The page answers at once; what is indexed meanwhile appears in it.
    Ctrl-C stops all of it.
    """
    from searcher.errors import UsageError
    from searcher.settings import Settings
    from ui.security import is_loopback, token

    home = place().claim()
    settings = Settings.load(home, port=port)
    everywhere = not is_loopback(host)
    if everywhere and not with_token:
        raise UsageError(
            f"refusing to listen on {host}: whoever reaches it could read your files; add --token to "
            f"let in only those who have the secret in {home.token}"
        )
    if paths:
        from indexer import add_missing

        add_missing(home, paths)
    from filelock import FileLock, Timeout

    only_one = FileLock(home.serving, timeout=0)
    try:
        only_one.acquire()
    except Timeout:
        _meet_the_first(home, added=bool(paths), browse=not no_browser)
        return
    try:
        from ui import server

        listener = server.bind(host, settings.port)
        name = f"[{host}]" if ":" in host else host
        url = f"http://{name}:{listener.getsockname()[1]}"
        shown = f"{url}/?token={token(home)}" if everywhere else url
        on = fancy(sys.stderr)
        say(f"searcher is at {paint(shown, 'bold', on=on)}; Ctrl-C stops it")
        _stay_home(home)
        _run(home, settings, listener, url=url, everywhere=everywhere, browse="" if no_browser else shown)
    finally:
        only_one.release()


def _meet_the_first(home: Home, *, added: bool, browse: bool) -> None:
    """Say where the `searcher up` of this home is, and show its page. Raises SearcherError."""
    import time

    from searcher.errors import SearcherError
    from searcher.system import has_display
    from ui.cli import remote

    end = time.monotonic() + _FIRST_SECONDS
    while (page := remote.page()) is None:
        if time.monotonic() > end:
            raise SearcherError(
                f"another `searcher up` for {home.root} is starting or does not answer; "
                "wait for it, or end it and start again"
            )
        time.sleep(0.2)
    say(f"searcher already runs at {page}" + ("; the folders were added to it" if added else ""))
    if browse and has_display():
        import webbrowser

        webbrowser.open(page)


def _stay_home(home: Home) -> None:
    """Nothing in the folder this is started from, a cloned one say, is read as Streamlit's settings."""
    os.chdir(home.root)


def _run(home: Home, settings: Settings, listener: Any, *, url: str, everywhere: bool, browse: str) -> None:
    from searcher import logs
    from searcher.system import has_display, share_heaps
    from ui import server
    from ui.caretaker import Caretaker
    from ui.companion import Companion
    from ui.service import use
    from ui.viewing import remove_leftovers

    share_heaps()
    handler = logs.open_log(home, "server")
    logs.note(f"serving {url}")
    remove_leftovers(home)
    service = use(home)
    service.preparing = "the embedding model is being prepared; try again in a moment"

    def announce(line: str) -> None:
        service.trouble = line
        say(line)
        logs.note(line, level=logging.WARNING)

    companion, caretaker = Companion(home, announce), Caretaker(home, announce)
    failure: list[Exception] = []
    stop = threading.Event()
    running: list[Any] = []

    def prepare() -> None:
        try:
            service.note = _model(home, settings)
            logs.note(service.note)
            service.preparing = ""
            companion.start()
            caretaker.start()
            if browse and has_display():
                import webbrowser

                webbrowser.open(browse)
            _progress(home, stop)
        except Exception as error:
            failure.append(error)
            running[0].should_exit = True

    def started(uvicorn_server: Any) -> None:
        running.append(uvicorn_server)
        if handler:  # uvicorn sets its loggers up when it is configured
            logging.getLogger("uvicorn.error").addHandler(handler)
        threading.Thread(target=prepare, name="prepare", daemon=True).start()

    # uvicorn passes the signal on when it is done; the indexer must still be stopped then
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        app = server.build_app(home, settings, url=url, everywhere=everywhere)
        server.serve(app, listener, started=started)
    finally:
        stop.set()
        caretaker.stop()
        companion.stop()
        logs.note("stopped")
    if failure:
        raise failure[0]


def _model(home: Home, settings: Settings) -> str:
    """The plain line about the model in use; its file is on this machine afterwards. One that cannot be had
    keeps nobody from the index that is there: the indexer says why."""
    if settings.embed_url:
        return f"model: {settings.embed_url}"
    from searcher.errors import SearcherError
    from searcher.models.resolve import resolve, to_fetch
    from searcher.store.table import read_live
    from ui.cli.progress import model_file

    live = read_live(home)
    if settings.model and live is not None and (wanted := to_fetch(home, settings)):
        say(f"{live.model} answers until {wanted.name} is fetched and its index is built")
        return f"model: {live.model}"
    try:
        with model_file() as progress:
            return resolve(home, settings, announce=say, progress=progress).note
    except SearcherError as error:
        if live is None:
            raise
        say(f"{error}; the index of {live.model} answers meanwhile")
        return f"model: {live.model}"


def _progress(home: Home, stop: threading.Event) -> None:
    """Follow the indexer: a bar on a terminal while it works, a line when it is done, be it before it was
    first looked at."""
    from searcher.runtime import IndexerState, read_indexer_state
    from ui.cli.progress import indexing, telling_cost

    worked = True
    while not stop.wait(0.5):
        state = read_indexer_state(home)
        if state is None or state.phase in ("idle", "paused"):
            if worked and state is not None and not state.chunks_pending:
                say("everything is indexed" if state.phase == "idle" else "paused")
                worked = False
            continue
        worked = True
        with indexing() as report:
            current: IndexerState | None = state
            told = telling_cost(report)
            while current and current.phase not in ("idle", "paused") and not stop.wait(0.5):
                told(current)
                current = read_indexer_state(home)
