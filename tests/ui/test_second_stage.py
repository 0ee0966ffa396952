"""A reranker in the settings: by the command line, the API and the page it takes part, or says why not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from searcher.home import Home
from searcher.settings_file import change
from tests.ui.conftest import environment
from ui.api import mount
from ui.service import use

Model = Callable[..., Path]
QUERY = "book the ferry"
PAGE = Path(__file__).parents[2] / "ui" / "page" / "app.py"


@pytest.fixture(scope="module", params=["small", "unknown", "broken", "embedder", "missing"])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, str]:
    """A home with a reranker in its settings, and what its answers say of that."""
    root = tmp_path_factory.mktemp("second")
    home = request.getfixturevalue("indexed_sample").copied(root / "home")
    small_model: Model = request.getfixturevalue("small_model")
    whole = small_model("F32", name="Qwen3-Reranker-0.6B", pooling=None)
    broken = root / "broken.gguf"
    broken.write_bytes(whole.read_bytes()[:20_000])
    name, said = {
        "small": (str(whole), "reranked "),
        "unknown": ("qwen9-reranker", "not reranked: no reranker 'qwen9-reranker'"),
        "broken": (str(broken), "is truncated or damaged"),
        "embedder": (str(request.getfixturevalue("starter")), "is no reranker"),
        "missing": ("qwen3-reranker-0.6b", "run `searcher models fetch qwen3-reranker-0.6b`"),
    }[request.param]
    change(home, reranker=name, rerank_seconds=60.0, hub=False)
    return home, said


def test_from_the_command_line(case: tuple[Home, str]) -> None:
    home, said = case
    call = [sys.executable, "-m", "ui.cli.main", "search", QUERY, "--home", str(home.root)]
    ended = subprocess.run(call, capture_output=True, text=True, env=environment(), timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert "indexed-sample" in ended.stdout and said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_through_the_api_and_on_the_page(case: tuple[Home, str]) -> None:
    home, said = case
    service = use(home)
    api, _ = mount(service)
    client = TestClient(Starlette(routes=[api]))
    for query in (QUERY, "bees", "type:md"):
        answered = client.get("/api/search", params={"q": query})
        assert answered.status_code == 200, answered.text
        found: dict[str, Any] = json.loads(answered.text)
        assert found["results"]
        assert query == "type:md" or said in " ".join(found["notes"])
    test = AppTest.from_file(str(PAGE), default_timeout=60)
    test.query_params["q"] = QUERY
    test.run()
    assert not test.exception
    shown = "\n".join(element.proto.body for element in test.get("html"))
    assert 'class="hits"' in shown and said.split("'")[0].split("`")[0] in shown
    service.close()
