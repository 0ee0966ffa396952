"""Settings: defaults < settings.toml in the home < SEARCHER_* environment < flags.

`searcher settings list`, the choices of the command line and of the page, and what is refused come from
the fields below.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from math import isfinite
from pathlib import Path
from typing import Any, get_type_hints

from searcher.errors import SettingsError
from searcher.home import Home

RECENT = "recent"  # in `embed_first`
_STRINGS = Path(__file__).parent.parent / "ui" / "page" / "strings"  # a file a language


def _setting(
    default: Any,
    help: str,
    *,
    options: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
    or_number: bool = False,
) -> Any:
    """`options` are all the values there are, and with `or_number` whole numbers from 0 as well."""
    text = f"{help}: {listed(options)}" if options and not or_number else help
    about = {"help": text, "options": options, "least": least, "most": most, "or_number": or_number}
    if isinstance(default, (list, dict)):
        return field(default_factory=lambda: type(default)(default), metadata=about)
    return field(default=default, metadata=about)


def _languages() -> tuple[str, ...]:
    """Those the page speaks, English first."""
    others = sorted(file.stem for file in _STRINGS.glob("[a-z][a-z].py") if file.stem != "en")
    return ("en", *others)


def listed(options: tuple[str, ...]) -> str:
    """ "a, b or c"."""
    return " or ".join(filter(None, [", ".join(options[:-1]), options[-1]]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One value a setting; unknown names, wrong types and values outside the allowed ones are refused with
    the place they came from."""

    model: str = _setting("", "Model profile or path to a GGUF file; empty chooses the best one at hand")
    dim: int = _setting(0, "Scan dimension; 0 takes the model's default", least=0)
    hub: bool = _setting(True, "Fetch model files from the Hugging Face hub when they are missing")
    gpu_layers: str = _setting(
        "auto", "Layers on the GPU: auto, or a number (0 for none)", options=("auto",), or_number=True
    )
    weights: str = _setting(
        "file",
        "Weights to compute with, those of the file or a second file (faster on CPUs with bfloat16)",
        options=("file", "bf16"),
    )
    threads: int = _setting(0, "Threads for embedding; 0 takes the physical cores", least=0)
    embed_url: str = _setting(
        "",
        "OpenAI-compatible /v1/embeddings endpoints of one model that replace the local one, comma-separated "
        "or a list; all are kept busy at once",
    )
    embed_key: str = _setting("", "Bearer token for those endpoints")
    reranker: str = _setting("", "Reranker profile or GGUF for a second stage; empty is off")
    rerank_seconds: float = _setting(2.0, "Time the second stage may take for one query", least=0)
    mark_seconds: float = _setting(
        0.1,
        "Time that one query may take to mark the nearest sentence of hits that hold none of its words, "
        "while nobody else asks; 0 marks words alone",
        least=0,
    )
    chunk_tokens: int = _setting(0, "Tokens a chunk aims at; 0 takes the model profile's", least=0)
    mass_passages: int = _setting(
        128,
        "Passages of a table, log, JSON or generated source file that are searched by meaning, evenly "
        "spread; all of it is found by words; 0 takes every passage",
        least=0,
    )
    embed_first: str = _setting(
        "",
        "What is embedded before everything else, comma-separated: folders by path, folders by name at any "
        "depth, or recent for what changed in the last 30 days; all of it is found by words at once",
    )
    max_file_mb: float = _setting(
        50.0,
        "Larger files are skipped and reported; pictures, audio and video may be of any size, as only their "
        "ends and tags are read",
        least=0,
    )
    hidden: bool = _setting(False, "Index hidden files and folders")
    archives: bool = _setting(False, "Read the members of zip archives")
    ocr: bool = _setting(True, "Read text in pictures, once the extra `ocr` is installed")
    extract_seconds: float = _setting(60.0, "Time the extraction of one file may take", least=0)
    debounce_seconds: float = _setting(0.5, "Quiet time after a change before a file is read", least=0)
    sweep_minutes: float = _setting(10.0, "Time between sweeps that find what watching missed", least=0)
    pause_on_battery: bool = _setting(False, "Stop indexing while the machine runs on battery")
    priority: str = _setting(
        "lowest", "Priority of indexing beside other programs", options=("lowest", "normal")
    )
    limit: int = _setting(10, "Results a query shows", least=1, most=500)
    index: str = _setting(
        "",
        "Where the index lies: empty for the home, or an address like s3://bucket/prefix (also gs:// and "
        "az://, and rest+https:// for a Lance REST namespace), which other machines may read",
    )
    mode: str = _setting("hybrid", "How queries are answered", options=("hybrid", "meaning", "words"))
    task: str = _setting(
        "auto", "Instruction for queries", options=("auto", "documents", "code", "question", "similar")
    )
    instructions: dict[str, str] = _setting({}, "Instruction text by task, in place of the built-in wording")
    disk_budget_gb: float = _setting(
        0.0,
        "What searcher may take on the disk; `searcher doctor` says what can be dropped; 0 is no limit",
        least=0,
    )
    port: int = _setting(8765, "Port of the web page", least=1, most=65535)
    editor: str = _setting(
        "system",
        "What opens a hit",
        options=("system", "vscode", "cursor", "zed", "jetbrains", "vim"),
    )
    language: str = _setting("en", "Language of the page", options=_languages())

    def __post_init__(self) -> None:
        """Raises SettingsError for a choice that there is not."""
        for name in _CHOICES:
            checked(name, getattr(self, name), "this call")

    @classmethod
    def load(cls, home: Home, **flags: Any) -> Settings:
        """Merge all four sources. A flag of None was not given. Raises SettingsError."""
        settings = cls()
        settings = settings._merged(_from_file(home.settings), str(home.settings))
        settings = settings._merged(_from_environment(os.environ), "the environment")
        return settings._merged({k: v for k, v in flags.items() if v is not None}, "the command line")

    @classmethod
    def parse(cls, text: str, source: str) -> Settings:
        """The settings of a file's text alone, over the defaults. Raises SettingsError."""
        try:
            return cls()._merged(tomllib.loads(text), source)
        except ValueError as error:
            raise SettingsError(f"cannot read {source}: {error}; correct or remove it") from error

    def _merged(self, values: Mapping[str, Any], source: str) -> Settings:
        return replace(self, **{name: checked(name, value, source) for name, value in values.items()})


def options(name: str) -> tuple[str, ...]:
    """The values a setting can have, when they are few."""
    value: tuple[str, ...] = _FIELDS[name].metadata["options"]
    return value


def default(name: str) -> Any:
    """The value of a setting that nobody set."""
    about = _FIELDS[name]
    return about.default if about.default_factory is MISSING else about.default_factory()


def checked(name: str, value: Any, source: str) -> Any:
    """The value as the setting has it. Raises SettingsError, which names the setting, `source` and what the
    value can be."""
    if name not in _FIELDS:
        raise SettingsError(
            f"unknown setting {name!r} in {source}; `searcher settings list` shows those there are, "
            "`searcher settings reset` takes it out"
        )
    try:
        return _allowed(_FIELDS[name].metadata, _coerced(_TYPES[name], value))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise SettingsError(
            f"setting {name} in {source} is {value!r}; it must be {_expected(name)}: correct it, or take the "
            f"default with `searcher settings reset {name}`"
        ) from None


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read {path}: {error}; correct or remove it") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = {f"SEARCHER_{name.upper()}": name for name in _FIELDS}
    return {names[key]: value for key, value in environment.items() if key in names}


_FIELDS = {about.name: about for about in fields(Settings)}
_TYPES = get_type_hints(Settings)
_CHOICES = [name for name, about in _FIELDS.items() if about.metadata["options"]]
_WORDS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def _coerced(kind: Any, value: Any) -> Any:
    """The value in the setting's type. Raises one of the errors that `checked` explains."""
    if kind is bool:
        return value if isinstance(value, bool) else _WORDS[str(value).lower()]
    if kind in (int, float):
        if isinstance(value, bool) or (kind is int and isinstance(value, float) and value != int(value)):
            raise TypeError
        return kind(value)
    if kind is str:
        if isinstance(value, (dict, bool)):
            raise TypeError
        return ",".join(value) if isinstance(value, list) else str(value)
    return {str(k): str(v) for k, v in value.items()}


def _allowed(about: Mapping[str, Any], value: Any) -> Any:
    """Raises ValueError for what the setting cannot be."""
    if about["options"]:
        if value not in about["options"] and not (about["or_number"] and value.isdecimal()):
            raise ValueError
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        least, most = about["least"], about["most"]
        if (
            not isfinite(value)
            or (least is not None and value < least)
            or (most is not None and value > most)
        ):
            raise ValueError
    return value


def _expected(name: str) -> str:
    about, kind = _FIELDS[name].metadata, _TYPES[name]
    if about["options"]:
        return listed((*about["options"], *(["a whole number"] if about["or_number"] else [])))
    if kind is bool:
        return "true or false"
    if kind in (int, float):
        least, most = about["least"], about["most"]
        bounds = f" from {least} to {most}" if most is not None else f" from {least} on"
        return ("a whole number" if kind is int else "a number") + (bounds if least is not None else "")
    return "text" if kind is str else "a table of text"
