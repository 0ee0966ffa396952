"""`searcher completion`: what lets a shell complete commands and options, and search on a key."""

from __future__ import annotations

import click

from ui.cli.options import Command
from ui.cli.output import write

# Ctrl-G searches as one types and puts the chosen path on the command line; fzf shows and filters
_BASH = r"""
__searcher_widget() {
  local chosen
  chosen=$(FZF_DEFAULT_COMMAND=: fzf --disabled --prompt 'search> ' \
    --bind 'change:reload:sleep 0.2; searcher search --paths -- {q} 2>/dev/null || true' \
    --preview 'head -n 200 -- {}' --query "$READLINE_LINE") || return
  READLINE_LINE="$(printf '%q' "$chosen")"
  READLINE_POINT=${#READLINE_LINE}
}
bind -x '"\C-g": __searcher_widget'
"""
_ZSH = r"""
__searcher_widget() {
  local chosen
  chosen=$(FZF_DEFAULT_COMMAND=: fzf --disabled --prompt 'search> ' \
    --bind 'change:reload:sleep 0.2; searcher search --paths -- {q} 2>/dev/null || true' \
    --preview 'head -n 200 -- {}' --query "$BUFFER" < /dev/tty)
  [[ -n $chosen ]] && BUFFER="${(q)chosen}" && CURSOR=$#BUFFER
  zle reset-prompt
}
zle -N __searcher_widget
bindkey '^G' __searcher_widget
"""
_FISH = r"""
function __searcher_widget
    set -lx FZF_DEFAULT_COMMAND :
    set -l chosen (fzf --disabled --prompt 'search> ' \
        --bind 'change:reload:sleep 0.2; searcher search --paths -- {q} 2>/dev/null || true' \
        --preview 'head -n 200 -- {}' --query (commandline))
    test -n "$chosen"; and commandline -r -- (string escape -- $chosen)
    commandline -f repaint
end
bind \cg __searcher_widget
"""
_KEYS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command(
    cls=Command,
    examples=(
        "searcher completion bash >> ~/.bashrc",
        "searcher completion bash --keys >> ~/.bashrc",
        "searcher completion fish > ~/.config/fish/completions/searcher.fish",
    ),
)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.option("--keys", is_flag=True, help="Ctrl-G searches your files and inserts a path; needs fzf.")
def completion(shell: str, keys: bool) -> None:
    """Print the script that completes commands and options in a shell."""
    from click.shell_completion import get_completion_class

    from ui.cli.main import cli

    if keys:
        write(_KEYS[shell].strip())
        return
    kind = get_completion_class(shell)
    assert kind is not None
    write(kind(cli, {}, "searcher", "_SEARCHER_COMPLETE").source())
