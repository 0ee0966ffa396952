"""Several calls of the command line in one process, which saves what each would import and open anew."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_CALLS = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from ui.cli.main import main
for line in sys.stdin:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = main(json.loads(line))
    print(json.dumps([code, *(text.buffer.getvalue().decode() for text in (out, err))]), flush=True)
"""


def called(*calls: Sequence[str], **process: Any) -> list[tuple[int, str, str]]:
    """Exit code, output and errors of each call; `process` goes to subprocess.run."""
    done = subprocess.run(
        [sys.executable, "-c", _CALLS],
        input="".join(f"{json.dumps(call)}\n" for call in calls),
        stdout=subprocess.PIPE,
        text=True,
        timeout=240,
        check=True,
        cwd=ROOT,
        **process,
    )
    return [(code, out, err) for code, out, err in map(json.loads, done.stdout.splitlines())]
