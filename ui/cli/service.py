"""`searcher service`: the page and the indexer from login on, without a terminal."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import click

from ui.cli.options import Group, place
from ui.cli.output import say, write

if TYPE_CHECKING:
    from ui.autostart import Plan


@click.group(cls=Group)
def service() -> None:
    """Start searcher with your session, without a terminal.

    It is a systemd user unit on Linux, a launchd agent on macOS and a scheduled task on Windows. It runs as
    you and for you alone; indexing keeps its low priority.
    """


@service.command(examples=("searcher service install",))
@click.option("--no-start", is_flag=True, help="From the next login on, not at once.")
def install(no_start: bool) -> None:
    """Start searcher at every login, and now; add it to the desktop's menu."""
    from ui.autostart import desktop

    plan = _plan()
    for file, text in plan.files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, plan.encoding)
    for file in desktop.install():
        say(f"wrote {file}")
    say(f"wrote {', '.join(map(str, plan.files))}")
    _run(plan, plan.install if not no_start else plan.install[:1])
    say("searcher starts with your session; `searcher open` shows the page")


@service.command()
def start() -> None:
    """Start it now."""
    plan = _installed()
    _run(plan, plan.start)


@service.command()
def stop() -> None:
    """Stop it until the next login or `searcher service start`."""
    plan = _installed()
    _run(plan, plan.stop)


@service.command()
def status() -> None:
    """Say whether it is installed and whether it runs."""
    from searcher.runtime import read_server

    plan = _plan()
    installed = f"installed ({', '.join(map(str, plan.files))})" if plan.is_installed else "not installed"
    server = read_server(place())
    running = f"running at {server['url']} (pid {server['pid']})" if server else "not running"
    write(f"{installed}; {running}")


@service.command()
@click.option("--follow", "-f", is_flag=True, help="Go on showing what is added.")
def logs(follow: bool) -> None:
    """Show what it said: the same as `searcher logs`."""
    from ui.cli.logs import show

    show(place(), follow=follow)


@service.command()
def uninstall() -> None:
    """Start it no longer, and take it out of the desktop's menu. The library and the index stay."""
    from ui.autostart import desktop

    plan = _plan()
    if plan.is_installed:
        _run(plan, plan.uninstall[:1])
    for file in [*plan.files, *desktop.files()]:
        file.unlink(missing_ok=True)
    if len(plan.uninstall) > 1 and plan.system == "systemd":
        _run(plan, plan.uninstall[1:])
    say("searcher no longer starts with your session; what is indexed stays")


def _plan() -> Plan:
    from ui.autostart import plan

    return plan(place().create())


def _installed() -> Plan:
    from searcher.errors import SearcherError

    plan = _plan()
    if not plan.is_installed:
        raise SearcherError("the service is not installed; `searcher service install` does that")
    return plan


def _run(plan: Plan, commands: tuple[tuple[str, ...], ...]) -> None:
    """Raises SearcherError with what the system's own tool says."""
    from searcher.errors import SearcherError

    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60)
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = getattr(error, "strerror", None) or "it does not answer"
            raise SearcherError(
                f"cannot run {command[0]}: {reason}; this system has no {plan.system} for your session, "
                "so start `searcher up` by its own means"
            ) from error
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise SearcherError(
                f"`{' '.join(command)}` failed: {lines[-1] if lines else f'exit code {done.returncode}'}; "
                "run it yourself to see more"
            )
