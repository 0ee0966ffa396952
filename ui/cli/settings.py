"""`searcher settings`: what is set, and changing it without an editor."""

from __future__ import annotations

import click

from ui.cli.options import Group, add_home_option, as_json, place
from ui.cli.output import print_json, say, write


@click.group(cls=Group)
def settings() -> None:
    """List, set or reset the settings."""


add_home_option(settings)


@settings.command("list", examples=("searcher settings list", "searcher settings list --json"))
@as_json
def list_(as_json: bool) -> None:
    """Show every setting, its value and its meaning."""
    show(as_json=as_json)


@settings.command("set", examples=("searcher settings set mode words", "searcher settings set limit 20"))
@click.argument("name")
@click.argument("value")
def set_(name: str, value: str) -> None:
    """Write one setting into settings.toml in the home."""
    from searcher.settings_file import change

    home = place()
    change(home, **{name: value})
    say(f"{name} is set in {home.settings}")


@settings.command("reset", examples=("searcher settings reset mode", "searcher settings reset"))
@click.argument("names", nargs=-1)
def reset(names: tuple[str, ...]) -> None:
    """Take settings back to their defaults; without a name, those that cannot be used."""
    from searcher.settings_file import change, reset_wrong

    home = place()
    if names:
        change(home, **dict.fromkeys(names))
    else:
        names = tuple(reset_wrong(home))
    say(f"taken out of {home.settings}: {', '.join(names)}" if names else "every setting can be used")


def show(*, as_json: bool) -> None:
    from dataclasses import asdict, fields

    from searcher.settings import Settings

    current = Settings.load(place())
    values = asdict(current)
    if values["embed_key"]:
        values["embed_key"] = "***"
    if as_json:
        print_json(values)
        return
    for about in fields(Settings):
        write(f"{about.name:<18} {values[about.name]!r:<12} {about.metadata['help']}")
    say(f"`searcher settings set` writes them into {place().settings}; SEARCHER_NAME in the environment wins")
