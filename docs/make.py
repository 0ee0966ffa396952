"""Writes what the docs take from the code: settings.md, commands.md and the drawing in architecture.md.

`python docs/make.py` writes them; a test holds them true. The drawing is made from the imports: a box is a
room, an arrow an import of one room by another that does not follow from other arrows.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_type_hints

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PACKAGES = ("ui", "indexer", "searcher")
MADE = "<!-- made by docs/make.py -->"
DRAWING = re.compile(r"<!-- drawing -->.*?<!-- /drawing -->", re.DOTALL)

KINDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}

Graph = dict[str, set[str]]


def made() -> dict[Path, str]:
    """Every file that this writes, with the text it should have."""
    architecture = DOCS / "architecture.md"
    drawing = f"<!-- drawing -->\n{MADE}\n```mermaid\n{draw(rooms())}```\n<!-- /drawing -->"
    return {
        DOCS / "settings.md": settings(),
        DOCS / "commands.md": commands(),
        architecture: DRAWING.sub(lambda _: drawing, architecture.read_text("utf-8")),
    }


def settings() -> str:
    """A table of all settings: name, default, meaning."""
    from searcher.settings import Settings

    types = get_type_hints(Settings)
    lines = [
        "# Settings",
        MADE,
        "",
        "In `settings.toml` of the home, or `SEARCHER_NAME` in the environment, which goes before the file; "
        "flags of a command go before both. `searcher status --settings` lists them with their values.",
        "",
        "| setting | type | default | what it does |",
        "|---|---|---|---|",
    ]
    for field in fields(Settings):
        default = field.default if field.default is not MISSING else {}
        kind = KINDS.get(types[field.name], "table")
        text = field.metadata["help"].replace("|", "\\|")
        lines.append(f"| `{field.name}` | {kind} | `{_toml(default)}` | {text} |")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def commands() -> str:
    """The help of every command, as `searcher COMMAND --help` prints it."""
    import click

    from ui.cli.main import cli

    def helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
        yield context.command_path, context.get_help()
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                if child is not None and not child.hidden:
                    yield from helps(child, click.Context(child, info_name=name, parent=context, **width))

    width: dict[str, Any] = {"terminal_width": 90}
    top = click.Context(cli, info_name="searcher", help_option_names=["-h", "--help"], **width)
    parts = ["# Commands", MADE]
    for path, text in helps(cli, top):
        parts += ["", f"## {path}", "", "```text", text.rstrip(), "```"]
    return "\n".join(parts) + "\n"


def rooms() -> Graph:
    """Which rooms each room imports. A room is a folder of a package, `page` of `ui` say; the modules beside
    the folders are no room: they are what everybody uses, or a way in."""
    names = {file: _dotted(file) for package in PACKAGES for file in (ROOT / package).rglob("*.py")}
    graph: Graph = defaultdict(set)
    for file, name in names.items():
        room = _room(name, names.values())
        if room and ".sample" not in room:
            graph[room] |= {_room(target, names.values()) for target in imports(file)} - {room, ""}
    return graph


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _room(name: str, modules: Any) -> str:
    parts = name.split(".")
    folder = ".".join(parts[:2])
    is_room = parts[0] in PACKAGES and len(parts) > 1 and (ROOT / Path(*parts[:2])).is_dir()
    return folder if is_room else ""


def imports(file: Path) -> Iterator[str]:
    """Dotted names that a module imports, at any depth of the code; those for type checkers alone are left
    out."""
    for node in _running(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield child
            yield from _running(child)


def draw(graph: Graph) -> str:
    """Mermaid text: a frame a package, a box a room, an arrow where no longer way leads there too."""
    lines = ["flowchart TD"]
    for package in PACKAGES:
        inside = sorted(room for room in graph if room.startswith(f"{package}."))
        lines += [f"  subgraph {package}"]
        lines += [f"    {room.replace('.', '_')}[{room.partition('.')[2]}]" for room in inside] + ["  end"]
    for room in sorted(graph):
        for target in sorted(graph[room]):
            if not any(target in _reached(graph, other, {room}) for other in graph[room] - {target}):
                lines.append(f"  {room.replace('.', '_')} --> {target.replace('.', '_')}")
    return "\n".join(lines) + "\n"


def _reached(graph: Graph, start: str, without: set[str]) -> set[str]:
    reached, left = set[str](), [start]
    while left:
        new = graph.get(left.pop(), set()) - reached - without
        reached |= new
        left += new
    return reached


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for path, text in made().items():
        path.write_text(text, "utf-8")
