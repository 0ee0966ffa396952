"""`searcher completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click

from ui.cli.options import Command
from ui.cli.output import write


@click.command(
    cls=Command,
    examples=(
        "searcher completion bash >> ~/.bashrc",
        "searcher completion fish > ~/.config/fish/completions/searcher.fish",
    ),
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the script that completes commands and options in a shell."""
    from click.shell_completion import get_completion_class

    from ui.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    write(kind(cli, {}, "searcher", "_SEARCHER_COMPLETE").source())
