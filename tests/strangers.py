"""Running a piece of Python as another user of this machine, with the standard library alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

OTHER = 12345  # a user id nobody has

as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="only root can run a program as another user",
)

# imported first: this interpreter may lie where another user cannot read
_BECOME_OTHER = f"""
import encodings.idna, encodings.latin_1, http.client, json, os, socket, sys, time
os.chdir("/")
os.setgroups([])
os.setgid({OTHER})
os.setuid({OTHER})
"""


def running_as_other(code: str) -> subprocess.Popen[str]:
    """The same, still running; `with` waits for its end."""
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _BECOME_OTHER + code], stdout=subprocess.PIPE, text=True
    )


def run_as_other(code: str, *arguments: str) -> str:
    """What the code prints; it finds http.client, json, os, socket, sys and time imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _BECOME_OTHER + code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
