"""`searcher desktop`: results in the search of GNOME's overview and of KRunner."""

from __future__ import annotations

import click

from ui.cli.options import Group, place
from ui.cli.output import say


@click.group(cls=Group)
def desktop() -> None:
    """Show results in the desktop's own search: GNOME's overview, KDE's KRunner.

    Needs the extra `desktop`. While `searcher up` or the service runs, what you type into the desktop's
    search is looked for by meaning; a result opens in the program for it.
    """


@desktop.command(examples=("searcher desktop install",))
def install() -> None:
    """Tell the desktop of it."""
    from ui.autostart import desktop as entry
    from ui.desktop.registering import GNOME_FOLDER, files

    entry.install()
    for file, text in files(place().create()).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        say(f"wrote {file}")
        if file.suffix == ".ini":
            say(f"GNOME reads it from the system only: sudo install -Dm644 -t {GNOME_FOLDER} {file}")
    say("log out and in again; KRunner and the session bus see it at once")


@desktop.command()
def uninstall() -> None:
    """Take it out again."""
    from ui.desktop.registering import GNOME_FOLDER, files

    for file in files(place()):
        file.unlink(missing_ok=True)
        if (GNOME_FOLDER / file.name).exists():
            say(f"for GNOME as well: sudo rm {GNOME_FOLDER / file.name}")
    say("the desktop's search no longer asks searcher")


@desktop.command()
def serve() -> None:
    """Answer the desktop; the session bus starts this by itself."""
    from ui.desktop import bus, gnome, krunner

    home = place()
    bus.serve((gnome.interface(home), krunner.interface(home)))
