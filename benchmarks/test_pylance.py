"""The test of an index in a Lance namespace, in that of pylance's own server:

PYLANCE=/path/to/python python -m pytest benchmarks/test_pylance.py
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.clouds import MissingProgram, pylance
from tests.bucket import environment, proxied, seaweed, variables
from tests.conftest import *  # noqa: F403
from tests.indexer import test_bucket as on_s3


def test_pylances_namespace_says_where_the_tables_are(tmp_path: Path, starter: Path) -> None:
    with (
        seaweed(tmp_path / "store") as port,
        proxied(port) as proxy,
        environment(variables(proxy.server_port)),
    ):
        try:
            with pylance("s3://bucket/lake") as proxy.namespaces:
                on_s3.test_a_lance_namespace_says_where_the_tables_are(proxy, tmp_path, starter)
        except MissingProgram as error:
            pytest.skip(str(error))
