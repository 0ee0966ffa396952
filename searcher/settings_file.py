"""Changing settings.toml in place: comments and everything a person wrote stay."""

from __future__ import annotations

import json
import re
from typing import Any

from searcher.errors import SettingsError
from searcher.files import write_atomic
from searcher.home import Home
from searcher.settings import Settings


def change(home: Home, **values: Any) -> None:
    """Set the named settings; None takes one back to its default. Raises SettingsError, nothing written.

    A value of the environment or of a flag still wins over the file.
    """
    home.create()
    try:
        text = home.settings.read_text("utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read {home.settings}: {error}; correct or remove it") from error
    for name, value in values.items():
        text = _replaced(text, name, value)
    Settings.parse(text, str(home.settings))
    write_atomic(home.settings, text.encode("utf-8"))


def _replaced(text: str, name: str, value: Any) -> str:
    """`text` with `name = value` at top level: where such a line stood, else before the first table."""
    table = re.search(r"^\s*\[", text, re.MULTILINE)
    head, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    if isinstance(value, dict) or re.search(rf"^\s*\[{name}\]", rest, re.MULTILINE):
        rest = re.sub(rf"^\s*\[{name}\]\s*$.*?(?=^\s*\[|\Z)", "", rest, flags=re.MULTILINE | re.DOTALL)
    line = "" if value is None else f"{name} = {_toml(value)}\n"
    pattern = re.compile(rf"^[ \t]*{name}[ \t]*=.*\n?", re.MULTILINE)
    if pattern.search(head):
        head = pattern.sub(lambda _: line, head, count=1)
    elif line:
        head = f"{head}\n" if head and not head.endswith("\n") else head
        head += line
    return head + rest


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(str(k))} = {_toml(v)}" for k, v in value.items()) + " }"
    # JSON's strings, numbers and booleans are TOML's as well, but for DEL
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
