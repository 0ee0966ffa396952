"""`searcher models`: which embedding models there are, and which one is in use."""

from __future__ import annotations

import click

from searcher.settings import options
from ui.cli.options import Group, add_home_option, as_json, place
from ui.cli.output import print_json, say, write


@click.group(cls=Group)
def models() -> None:
    """List, fetch or choose the embedding model."""


add_home_option(models)


@models.command("list", examples=("searcher models list",))
@as_json
def list_(as_json: bool) -> None:
    """Show the known models, which are on this machine, and which one is in use."""
    from searcher.models.hub import local
    from searcher.models.profiles import PROFILES
    from searcher.settings import Settings
    from searcher.store.table import read_live

    home = place()
    live, chosen = read_live(home), Settings.load(home).model
    rows = []
    for profile in PROFILES.values():
        path = local(home, profile)
        rows.append(
            {
                "name": profile.name,
                "title": profile.title,
                "size_mb": profile.size_mb,
                "native_dim": profile.native_dim,
                "default_dim": profile.default_dim,
                "licence": profile.licence,
                "path": str(path) if path else None,
                "chosen": profile.name == chosen,
                "indexed": bool(live and live.model == profile.name),
            }
        )
    if as_json:
        print_json({"models": rows, "chosen": chosen or None, "indexed": live.model if live else None})
        return
    for model in rows:
        where = "on this machine" if model["path"] else f"{model['size_mb']} MB to fetch"
        use = "*" if model["indexed"] else " "
        write(f"{use} {model['name']:<12} {where:<16} {model['title']}")
    say("* the index was built with it" if live else "nothing is indexed yet")


@models.command("fetch", examples=("searcher models fetch qwen3-0.6b",))
@click.argument("name")
def fetch(name: str) -> None:
    """Get a model's file onto this machine; an interrupted download goes on where it stopped."""
    from searcher.models import fetch as get
    from ui.cli.progress import model_file

    with model_file() as progress:
        path = get(place().create(), name, progress)
    say(f"{name} is at {path}; `searcher models use {name}` chooses it")


@models.command(
    "use",
    examples=(
        "searcher models use qwen3-0.6b",
        "searcher models use ~/models/mine.gguf",
        "searcher models use qwen3-0.6b --weights bf16",
        "searcher models use auto",
    ),
)
@click.argument("name")
@click.option(
    "--weights",
    type=click.Choice(options("weights")),
    help="Compute with the file's own numbers, or with bfloat16 where the processor is faster at it.",
)
def use(name: str, weights: str | None) -> None:
    """Choose the model by its name or by the path of a GGUF file; `auto` takes the best one at hand.

    The index is rebuilt with it by the next `searcher index` or `searcher up`.
    """
    import os
    from pathlib import Path

    from searcher.errors import ModelNotFound
    from searcher.models.profiles import PROFILES
    from searcher.settings_file import change

    if weights:
        change(place(), weights=weights if weights != "file" else None)
    if name == "auto":
        change(place(), model=None)
        say("the best model at hand is used")
        return
    chosen = name.lower() if name.lower() in PROFILES else str(Path(name).expanduser().absolute())
    if chosen not in PROFILES and not Path(chosen).is_file():
        raise ModelNotFound(f"no model {name!r}: neither a GGUF file nor one of {', '.join(PROFILES)}")
    change(place(), model=chosen)
    say(f"{chosen} is chosen; `searcher index` or `searcher up` rebuilds the index with it")
    if os.environ.get("SEARCHER_MODEL"):
        say("the environment's SEARCHER_MODEL still wins over it")
    if faster := _offer(chosen):
        say(faster)


def _offer(chosen: str) -> str | None:
    """A faster way to compute with the model, when its file is already here to be looked at."""
    from dataclasses import replace
    from pathlib import Path

    from searcher.embedding.offer import faster_weights
    from searcher.models import resolve
    from searcher.models.hub import local
    from searcher.models.profiles import PROFILES
    from searcher.settings import Settings

    home = place()
    profile = PROFILES.get(chosen)
    if profile is not None and local(home, profile) is None and not Path(chosen).is_file():
        return None
    settings = replace(Settings.load(home), model=chosen, hub=False)
    return faster_weights(resolve(home, settings), settings)
