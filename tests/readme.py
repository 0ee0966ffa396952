"""The README's commands, as they stand there. `python tests/readme.py main|tests` prints one, `... try` runs
the main one in this checkout until it has answered a question and followed a change. No package is needed."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
INSTALLING, FOLLOWING = 1500, 60  # seconds; the first may compile


def command(name: str) -> str:
    """Body of the fenced block behind `<!-- command: NAME -->`."""
    found = re.search(rf"<!-- command: {name} -->\s*```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    if found is None:
        raise SystemExit(f"{README} has no command named {name}")
    return found.group(1).strip()


def try_main() -> None:
    """Run the main command in a home of its own; leave with its output when it does not do what it should."""
    note = ROOT / "ui/sample/notes/kites.md"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as place, open(Path(place) / "log", "w+") as log:
        inherited = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
        environment = inherited | {"SEARCHER_HOME": f"{place}/home", "SEARCHER_PORT": port}
        process = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", command("main")],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _expect(process, log, port, "Wie wird ein Passwort geprüft?", "accounts.py", INSTALLING)
            note.write_text("# Kites\n\nThe box kite needs eleven knots of wind.\n")
            _expect(process, log, port, "box kite", "kites.md", FOLLOWING)
        finally:
            note.unlink(missing_ok=True)
            os.killpg(process.pid, signal.SIGINT)
            process.wait(30)


def _expect(
    process: subprocess.Popen[bytes], log: TextIO, port: str, query: str, name: str, seconds: float
) -> None:
    """Ask until nothing waits any more and the first result is the file of this name."""
    url = f"http://127.0.0.1:{port}/api/search?{urlencode({'q': query})}"
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                answer = json.load(reply)
            first = [hit["path"] for hit in answer["results"][:1]]
            if not answer["pending"] and first and first[0].endswith(name):
                return
        except OSError:
            pass
        time.sleep(1.0)  # indexing gives way to questions
    raise SystemExit(f"{name} was not the answer to {query!r}:\n{Path(log.name).read_text()}")


if __name__ == "__main__":
    if sys.argv[1] == "try":
        try_main()
    else:
        print(command(sys.argv[1]))
