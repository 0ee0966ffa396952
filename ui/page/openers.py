"""How a file is opened outside the page: by the system, or by an editor at the line."""

from __future__ import annotations

import shlex
from urllib.parse import quote

_SCHEMES = {
    "vscode": "vscode://file{path}:{line}",
    "cursor": "cursor://file{path}:{line}",
    "zed": "zed://file{path}:{line}",
    "jetbrains": "idea://open?file={path}&line={line}",
}


def editor_link(editor: str, path: str, line: int | None) -> str | None:
    """The address that opens `path` in `editor`, or None where a program must be started instead."""
    pattern = _SCHEMES.get(editor)
    rooted = path if path.startswith("/") else f"/{path}"  # C:/...
    return pattern.format(path=quote(rooted, safe="/:"), line=line or 1) if pattern else None


def editor_command(editor: str, path: str, line: int | None) -> str | None:
    """What a person would type in a terminal; for vim, which has no address of its own."""
    return f"vim +{line or 1} -- {shlex.quote(path)}" if editor == "vim" else None
