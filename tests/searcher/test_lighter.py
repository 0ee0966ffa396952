"""LanceDB is imported without its REST client, which comes whole when it is asked for, and without checks."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from searcher.lighter import leave_out_checks
from searcher.store import table
leave_out_checks()
import dis
dis.get_instructions = None  # which is how signatures are compared
import lancedb
apis = [name for name in sys.modules if name.startswith("lance_namespace_urllib3_client.api")]
assert not apis, apis
assert lancedb.connect(sys.argv[1]).list_tables().tables == []
import lance_namespace_urllib3_client as client
assert client.TableApi.__module__ == "lance_namespace_urllib3_client.api.table_api"
assert not hasattr(client, "nothing")
"""


def test_the_client_comes_when_it_is_asked_for(tmp_path: object) -> None:
    subprocess.run([sys.executable, "-c", CODE, str(tmp_path)], check=True, timeout=60)
