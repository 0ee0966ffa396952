"""Proof that nothing leaves the machine: the whole pipeline with networking blocked in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from searcher.home import Home
from ui.doctor.check import Check

# runs at the start of every Python process below the trial, also of the workers that read files
BLOCKER = """
import os, sys
def _loopback(address):
    host = str(address[0]) if isinstance(address, tuple) and address else ""
    return isinstance(address, (str, bytes)) or host in ("127.0.0.1", "::1", "localhost")
def _watch(event, arguments):
    if event == "socket.connect" and not _loopback(arguments[1]):
        where = repr(arguments[1])
    elif event == "socket.sendto" and not _loopback(arguments[1]):
        where = repr(arguments[1])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname") and arguments[0] not in (
        None, "", b"", "localhost", "127.0.0.1", "::1"
    ):
        where = repr(arguments[0])
    else:
        return
    descriptor = os.open(os.environ["SEARCHER_TRIAL_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, (f"{os.getpid()} {event} {where}\\n").encode())
    os.close(descriptor)
    raise ConnectionRefusedError(f"networking is blocked: {where}")
sys.addaudithook(_watch)
with open(os.environ["SEARCHER_TRIAL_LOG"] + ".started", "a") as started:
    started.write("x")
"""
_NOTE = "# The bicycle shed\n\nThe keys hang behind the kitchen door, next to the calendar.\n"
_CODE = "def verify_credentials(user, password):\n    return user.secret == digest(password)\n"
_SECONDS = 300


def offline_run(home: Home) -> Check:
    """Index two files in a home of their own and search them, while any connection to elsewhere is refused.

    Attempts are counted in every Python process; where the system lets us, the processes also get a
    network of their own with nothing in it, which native code cannot leave either. Uses the models of `home`.
    """
    with tempfile.TemporaryDirectory(prefix="searcher-offline-") as place:
        trial = Path(place)
        (trial / "blocker").mkdir()
        (trial / "blocker" / "sitecustomize.py").write_text(BLOCKER, "utf-8")
        (trial / "notes").mkdir()
        (trial / "notes" / "shed.md").write_text(_NOTE, "utf-8")
        (trial / "notes" / "login.py").write_text(_CODE, "utf-8")
        own = Home(trial / "home").create()
        for file in filter(Path.is_file, home.models.iterdir()):  # with what was made of them
            own.model(file.name).symlink_to(file)
        return _judged(trial)


def _judged(trial: Path) -> Check:
    log, cage = trial / "attempts", _cage()
    fix = "read the lines above; report them as a bug of searcher"
    done = _call(trial, log, cage, "index", str(trial / "notes"), "--json")
    if done.returncode:
        return Check("network", False, f"indexing failed: {done.stderr.strip()[-300:]}", fix)
    summary = json.loads(done.stdout)
    search = _call(trial, log, cage, "search", "where are the keys of the shed?", "--json")
    if search.returncode:
        return Check("network", False, f"searching failed: {search.stderr.strip()[-300:]}", fix)
    results = json.loads(search.stdout)["results"]
    processes = (trial / "attempts.started").stat().st_size
    attempts = log.read_text("utf-8").splitlines() if log.exists() else []
    if attempts:
        return Check("network", False, f"{len(attempts)} attempts to connect: {attempts[0]}", fix)
    if not results or Path(results[0]["path"]).name != "shed.md":
        return Check("network", False, "the search did not find the right note", fix)
    how = "an empty network" if cage else "connections refused at Python's sockets"
    return Check(
        "network",
        True,
        f"{summary['files']['added']} files indexed and searched in {processes} processes with {how}; "
        "nothing tried to connect",
    )


def _cage() -> list[str]:
    """The command that gives a process an empty network, where the system has one and allows it."""
    command = ["unshare", "--user", "--map-root-user", "--net"]
    try:
        done = subprocess.run([*command, sys.executable, "-S", "-c", ""], capture_output=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return command if done.returncode == 0 else []


def _call(trial: Path, log: Path, cage: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    inherited = os.environ.get("PYTHONPATH", "")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(trial / "blocker"), inherited])),
        "SEARCHER_TRIAL_LOG": str(log),
        "SEARCHER_HUB": "off",
    }
    command = [*cage, sys.executable, "-m", "ui.cli.main", "--home", str(trial / "home"), *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_SECONDS, cwd=trial
    )
