"""The README's commands, read from the README: `python tests/readme.py main|tests` prints one."""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def command(name: str) -> str:
    """Body of the fenced block behind `<!-- command: NAME -->`."""
    found = re.search(rf"<!-- command: {name} -->\s*```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    if found is None:
        raise SystemExit(f"{README} has no command named {name}")
    return found.group(1).strip()


if __name__ == "__main__":
    print(command(sys.argv[1]))
