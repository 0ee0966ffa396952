"""The OpenAPI document is true: schemathesis makes calls from it and compares every answer with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from ui.api.openapi import describe

CALLS = Path(__file__).with_name("described_calls.py")


def test_calls_answer_as_described(served: Any) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "schemathesis.pytest.plugin", str(CALLS)]
    environment = {**os.environ, "SERVED_URL": served.url, "SERVED_TOKEN": served.token}
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout
    assert f"{sum(len(path) for path in describe()['paths'].values())} passed" in done.stdout


def test_it_is_served_and_names_every_route(served: Any) -> None:
    with urllib.request.urlopen(f"{served.url}/api/openapi.json", timeout=20) as answer:
        document = json.load(answer)
    assert document == json.loads(json.dumps(describe()))
    for path in ("search", "document", "status", "folders", "health", "metrics", "openapi.json"):
        assert f"/api/{path}" in document["paths"]


@pytest.mark.parametrize("name", ["Answer", "Hit", "Passage", "Document", "Mark", "Problem"])
def test_records_are_described(name: str) -> None:
    assert describe()["components"]["schemas"][name]["properties"]
