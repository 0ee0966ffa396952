"""Any text as a query and as filters gives an answer or a wrong call that says so, by every way in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from searcher.errors import UsageError
from ui import mcp
from ui.api import mount
from ui.cli.main import main
from ui.page.search.page import ask
from ui.page.state import State
from ui.service import Service, use

NAMES = st.sampled_from(["type", "ext", "path", "lang", "date", "folder", "-path", "-type", "size", "x"])
ODD = r"[z-a]* [ ] [! ** ( \ [[:alpha:]] >9999-12-31 <0001 .. 2026.. x 9999 ' [a-\] [\d-z] {1,9999} (?i) [^]"
VALUES = st.text(max_size=30) | st.sampled_from([*ODD.split(" "), "*" * 40, '"', "' OR 1=1 --", "\0"])
FILTER = st.builds("{}:{}".format, NAMES, VALUES) | st.builds('{}:"{}"'.format, NAMES, VALUES)
QUERY = st.lists(st.text(max_size=40) | FILTER, min_size=1, max_size=4).map(" ".join)
FILTERS = st.fixed_dictionaries(
    {}, optional={name: VALUES for name in ("type", "path", "lang", "since", "until", "folder")}
)
MODES = st.sampled_from(["hybrid", "words"])


@pytest.fixture(scope="module")
def service(indexed: Any) -> Iterator[Service]:
    before = os.environ.get("SEARCHER_HOME")
    os.environ["SEARCHER_HOME"] = str(indexed[0].root)
    service = use(indexed[0])
    yield service
    service.close()
    if before is None:
        del os.environ["SEARCHER_HOME"]
    else:
        os.environ["SEARCHER_HOME"] = before


@settings(max_examples=40, derandomize=True)
@given(query=QUERY, filters=FILTERS, mode=MODES)
@example(query="date:>9999-12-31", filters={}, mode="words")
@example(query="ferry path:[z-a]*", filters={"path": "[z-a]x"}, mode="words")
@example(query="ferry", filters={"since": "9999-12-31", "until": "9999"}, mode="words")
@example(query="ferry", filters={"path": "x[a[b]", "folder": "/", "type": ",,"}, mode="words")
@example(query='"" -"" - --', filters={}, mode="hybrid")
def test_answers_or_says_what_is_wrong(
    service: Service, capsysbinary: Any, query: str, filters: dict[str, str], mode: str
) -> None:
    _by_api(service, query, filters, mode)
    _by_command(capsysbinary, query, filters, mode)
    _by_assistant(service, query, filters, mode)
    _by_page(query, filters)


def _by_api(service: Service, query: str, filters: dict[str, str], mode: str) -> None:
    with TestClient(Starlette(routes=[mount(service)[0]])) as client:
        answer = client.get("/api/search", params={"q": query, "mode": mode, **filters})
    assert answer.status_code in (200, 400), answer.text
    if answer.status_code == 400:
        assert answer.json()["detail"]


def _by_command(capsys: Any, query: str, filters: dict[str, str], mode: str) -> None:
    arguments = ["search", "--json", "--mode", mode]
    for name, value in filters.items():
        arguments.append(f"--{name}={value}")
    capsys.readouterr()
    code = main([*arguments, "--", query])
    out, err = capsys.readouterr()
    assert code in (0, 2), (code, err)
    assert json.loads(out)["results"] is not None if code == 0 else err.startswith(b"searcher: ")


def _by_assistant(service: Service, query: str, filters: dict[str, str], mode: str) -> None:
    server = mcp.build(service)

    async def call() -> Any:
        return await server.call_tool("search", {"query": query, "mode": mode, **filters})

    try:
        with start_blocking_portal() as portal:
            portal.call(call)
    except Exception as error:
        # the arguments are checked before the tool is run; the tool's own errors name a wrong call
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, UsageError):
            cause = cause.__cause__
        assert cause is not None or "validation error" in str(error), repr(error)


def _by_page(query: str, filters: dict[str, str]) -> None:
    state = State.read(filters, query)
    try:
        ask(state)
    except UsageError as error:
        assert str(error)
