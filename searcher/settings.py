"""Settings: defaults < settings.toml in the home < SEARCHER_* environment < flags.

Help texts, the README's table and the settings page are generated from the fields below.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from searcher.errors import SettingsError
from searcher.home import Home


def _setting(default: Any, help: str) -> Any:
    if isinstance(default, (list, dict)):
        return field(default_factory=lambda: type(default)(default), metadata={"help": help})
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One value a setting; unknown names and wrong types are refused with the place they came from."""

    model: str = _setting("", "Model profile or path to a GGUF file; empty chooses the best one at hand")
    dim: int = _setting(0, "Scan dimension; 0 takes the model's default")
    hub: bool = _setting(True, "Fetch model files from the Hugging Face hub when they are missing")
    gpu_layers: str = _setting("auto", "Layers on the GPU: auto, or a number (0 for none)")
    weights: str = _setting(
        "file", "Weights to compute with: file, or bf16 (a second file; faster on CPUs with bfloat16)"
    )
    threads: int = _setting(0, "Threads for embedding; 0 takes the physical cores")
    embed_url: str = _setting(
        "", "OpenAI-compatible /v1/embeddings endpoints that replace the local model, comma-separated"
    )
    embed_key: str = _setting("", "Bearer token for those endpoints")
    reranker: str = _setting("", "Reranker profile or GGUF for a second stage; empty is off")
    rerank_seconds: float = _setting(2.0, "Time the second stage may take for one query")
    chunk_tokens: int = _setting(0, "Tokens a chunk aims at; 0 takes the model profile's")
    max_file_mb: float = _setting(50.0, "Larger files are skipped and reported")
    hidden: bool = _setting(False, "Index hidden files and folders")
    archives: bool = _setting(False, "Read the members of zip archives")
    extract_seconds: float = _setting(60.0, "Time the extraction of one file may take")
    debounce_seconds: float = _setting(0.5, "Quiet time after a change before a file is read")
    sweep_minutes: float = _setting(10.0, "Time between sweeps that find what watching missed")
    pause_on_battery: bool = _setting(False, "Stop indexing while the machine runs on battery")
    priority: str = _setting("lowest", "Priority of indexing beside other programs: lowest or normal")
    limit: int = _setting(10, "Results a query shows")
    mode: str = _setting("hybrid", "How queries are answered: hybrid, meaning or words")
    task: str = _setting("auto", "Instruction for queries: auto, documents, code, question or similar")
    instructions: dict[str, str] = _setting({}, "Instruction text by task, in place of the built-in wording")
    disk_budget_gb: float = _setting(
        0.0, "What searcher may take on the disk; `searcher doctor` says what can be dropped; 0 is no limit"
    )
    port: int = _setting(8765, "Port of the web page")
    editor: str = _setting("system", "What opens a hit: system, vscode, cursor, jetbrains, zed or vim")
    language: str = _setting("en", "Language of the page: en or de")

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
        types = get_type_hints(Settings)
        return replace(self, **{name: _coerce(name, v, types, source) for name, v in values.items()})


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read {path}: {error}; correct or remove it") from error


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    names = {f"SEARCHER_{f.name.upper()}": f.name for f in fields(Settings)}
    return {names[key]: value for key, value in environment.items() if key in names}


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


def _coerce(name: str, value: Any, types: Mapping[str, Any], source: str) -> Any:
    kind = types.get(name)
    if kind is None:
        raise SettingsError(f"unknown setting {name!r} in {source}; `searcher status --settings` lists them")
    try:
        if kind is bool:
            return value if isinstance(value, bool) else _WORDS[str(value).lower()]
        if kind in (int, float):
            return kind(value)
        if kind is str:
            return ",".join(value) if isinstance(value, list) else str(value)
        return {str(k): str(v) for k, v in value.items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        expected = getattr(kind, "__name__", "table of text")
        raise SettingsError(f"setting {name} in {source} is {value!r}; expected {expected}") from None
