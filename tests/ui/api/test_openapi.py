"""The OpenAPI document is true: schemathesis makes calls from it and compares every answer with it."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import missing_required_header, unsupported_method

from ui.api.openapi import describe

schema = schemathesis.openapi.from_dict(describe())


@schema.parametrize()
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_calls_answer_as_described(case: schemathesis.Case, served: Any) -> None:
    headers = {"Authorization": f"Bearer {served.token}"}
    if case.operation.method.upper() != "GET" and case.operation.path != "/api/folders":
        # pausing and opening change what the other tests look at; their refusals are checked elsewhere
        headers = {}
    case.call_and_validate(
        base_url=served.url, headers=headers, excluded_checks=[unsupported_method, missing_required_header]
    )


def test_it_is_served_and_names_every_route(served: Any) -> None:
    with urllib.request.urlopen(f"{served.url}/api/openapi.json", timeout=20) as answer:
        document = json.load(answer)
    assert document == json.loads(json.dumps(describe()))
    for path in ("search", "document", "status", "folders", "health", "metrics", "openapi.json"):
        assert f"/api/{path}" in document["paths"]


@pytest.mark.parametrize("name", ["Answer", "Hit", "Passage", "Document", "Mark", "Problem"])
def test_records_are_described(name: str) -> None:
    assert describe()["components"]["schemas"][name]["properties"]
