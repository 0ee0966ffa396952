"""`searcher open`: the page, for a keyboard shortcut."""

from __future__ import annotations

import click

from ui.cli.options import Command, place
from ui.cli.output import say

_START_SECONDS = 60.0


@click.command(
    cls=Command, examples=("searcher open", 'searcher open "open invoices"', "searcher open --print")
)
@click.argument("query", nargs=-1)
@click.option("--print", "only_print", is_flag=True, help="Print the address and open nothing.")
def open(query: tuple[str, ...], only_print: bool) -> None:
    """Open the page, with a query if you like. Starts searcher when it does not run."""
    from urllib.parse import urlencode

    url = _running() or _started()
    address = f"{url}/?{urlencode({'q': ' '.join(query)})}" if query else url
    if only_print:
        click.echo(address)
        return
    import webbrowser

    if not webbrowser.open(address):
        say(f"no browser can be opened from here; the page is at {address}")


def _running() -> str | None:
    from searcher.runtime import read_server
    from ui.cli import remote

    server = read_server(place())
    return str(server["url"]) if server and remote.ask("/api/health", {}) else None


def _started() -> str:
    """The address of a server that was started for this, through the service where it is installed."""
    import subprocess
    import time

    from searcher.errors import SearcherError
    from ui.autostart import arguments, plan

    home = place().create()
    say("starting searcher")
    service = plan(home)
    if not (service.is_installed and _succeeds(service.start[0])):
        subprocess.Popen(
            arguments(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if url := _running():
            return url
        time.sleep(0.2)
    raise SearcherError("searcher did not start within a minute; `searcher logs` and `searcher up` say why")


def _succeeds(command: tuple[str, ...]) -> bool:
    import subprocess

    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
