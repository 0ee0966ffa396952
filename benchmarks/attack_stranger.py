"""Another user of this machine, who asks without the token; only root can play one."""

from __future__ import annotations

import json
import os
import subprocess
import sys

_USER = 12345  # nobody has this id

# what it imports is imported first: this interpreter may lie where another user cannot read
_CODE = f"""
import encodings.idna, http.client, json, os, sys, time
os.chdir("/"); os.setgroups([]); os.setgid({_USER}); os.setuid({_USER})
host, calls = sys.argv[1], int(sys.argv[2])
took, let_in = [], 0
ways = [("GET", "/"), ("GET", "/api/search?q=ferry"), ("GET", "/api/status"), ("POST", "/api/mcp"),
        ("GET", "/_stcore/health"), ("POST", "/api/pause"), ("PUT", "/_stcore/upload_file/a/b")]
for number in range(calls):
    start = time.monotonic()
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request(*ways[number % len(ways)])
    let_in += connection.getresponse().status not in (401, 403)
    connection.close()
    took.append(time.monotonic() - start)
print(json.dumps([took, let_in]))
"""


def can_be_played() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def asks(host: str, calls: int) -> tuple[list[float], int]:
    """Seconds of each call, and how many of them were let in."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _CODE, host, str(calls)], capture_output=True, text=True, timeout=300
    )
    done.check_returncode()
    took, let_in = json.loads(done.stdout)
    return took, let_in
