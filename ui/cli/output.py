"""What reaches the terminal: colour and links when a person looks, plain text when a program reads."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO
from urllib.parse import quote

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "mark": "1;33"}


def fancy(stream: TextIO) -> bool:
    """Colour and links: on a terminal that can show them, unless NO_COLOR is set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, *styles: str, on: bool) -> str:
    codes = ";".join(_STYLES[style] for style in styles)
    return f"\x1b[{codes}m{text}\x1b[0m" if on and text else text


def link(text: str, path: str, *, on: bool) -> str:
    """`text` as an OSC 8 hyperlink to a file."""
    if not on:
        return text
    address = "file://" + quote(os.fsencode(path if path.startswith("/") else f"/{path}"))  # C:/...
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"


def clean(text: str) -> str:
    """Without control characters, so that no file name or passage can steer the terminal."""
    printable = "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return printable.encode("utf-8", "replace").decode("utf-8")


def print_json(value: Any, *, indent: int | None = 1) -> None:
    write(json.dumps(value, ensure_ascii=False, indent=indent))


def write(text: str, end: str = "\n") -> None:
    """To stdout as UTF-8 whatever the locale; what is no valid Unicode is replaced."""
    sys.stdout.flush()
    sys.stdout.buffer.write((text + end).encode("utf-8", "replace"))


def write_path(path: str, end: bytes) -> None:
    """The file's name, byte for byte."""
    sys.stdout.flush()
    sys.stdout.buffer.write(os.fsencode(path) + end)


def say(line: str) -> None:
    """One line to the person, on stderr."""
    print(line, file=sys.stderr, flush=True)
