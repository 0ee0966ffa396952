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
    from ui.cli import remote

    given = {"q": " ".join(query)} if query else {}
    address = remote.page(**given) or _started(given)
    if only_print:
        click.echo(address)
        return
    import webbrowser

    if not webbrowser.open(address):
        say(f"no browser can be opened from here; the page is at {address}")


def _started(given: dict[str, str]) -> str:
    """The page's address, with the parameters `given`, once a server was started, through the service where
    that is installed."""
    import subprocess
    import time

    from searcher.errors import SearcherError
    from searcher.system import on_its_own
    from ui.autostart import arguments, plan
    from ui.cli import remote

    home = place().create()
    say("starting searcher")
    service = plan(home)
    if not (service.is_installed and _succeeds(service.start[0])):
        subprocess.Popen(
            arguments(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **on_its_own(),
        )
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if address := remote.page(**given):
            return address
        time.sleep(0.2)
    raise SearcherError("searcher did not start within a minute; `searcher logs` and `searcher up` say why")


def _succeeds(command: tuple[str, ...]) -> bool:
    import subprocess

    try:
        return subprocess.run(command, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
