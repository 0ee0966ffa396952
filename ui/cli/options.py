"""What the commands share: `--home` before or after the command's name, and the wording of help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from searcher.home import Home
    from ui.service import Service


def add_home_option(command: click.Command) -> click.Command:
    command.params.append(
        click.Option(
            ["--home"],
            metavar="DIR",
            help="Where searcher keeps its data [default: $SEARCHER_HOME or the user's data folder]",
            expose_value=False,
            is_eager=True,
            callback=_remember,
        )
    )
    return command


class Chosen:
    """What `--home` said; the object of every click context."""

    home: str | None = None


def _remember(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Chosen).home = value


def place(chosen: Chosen | None = None) -> Home:
    """The home this call is about."""
    from searcher.home import Home

    if chosen is None:
        context = click.get_current_context(silent=True)
        chosen = context.find_object(Chosen) if context else None
    return Home.locate(chosen.home if chosen else None)


def service() -> Service:
    """The service of the home this call is about."""
    from ui.service import use

    return use(place())


HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"]}  # also for one that is called by itself


class Command(click.Command):
    """A command with `--home`, and examples that keep their line breaks."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", HELP)
        super().__init__(*args, **kwargs)
        self.examples = examples
        add_home_option(self)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
        super().format_epilog(ctx, formatter)


class Group(click.Group):
    """Subcommands that all take `--home`."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", HELP)
        super().__init__(*args, **kwargs)


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
