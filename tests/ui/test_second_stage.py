"""A reranker in the settings: by the command line, the API and the page it takes part, or says why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from searcher.home import Home
from searcher.settings_file import change
from tests.commands import called
from tests.shared import Indexed
from tests.ui.conftest import environment
from ui.api import mount
from ui.service import use

Model = Callable[..., Path]
QUERY = "book the ferry"
PAGE = Path(__file__).parents[2] / "ui" / "page" / "app.py"


Case = tuple[Home, str]
CASES = ("small", "unknown", "broken", "embedder", "missing")


@pytest.fixture(scope="module")
def cases(
    tmp_path_factory: pytest.TempPathFactory, indexed_sample: Indexed, small_model: Model, starter: Path
) -> dict[str, Case]:
    """Homes with a reranker in their settings, and what their answers say of that."""
    root = tmp_path_factory.mktemp("second")
    whole = small_model("F32", name="Qwen3-Reranker-0.6B", pooling=None)
    broken = root / "broken.gguf"
    broken.write_bytes(whole.read_bytes()[:20_000])
    named = {
        "small": (str(whole), "reranked "),
        "unknown": ("qwen9-reranker", "not reranked: no reranker 'qwen9-reranker'"),
        "broken": (str(broken), "is truncated or damaged"),
        "embedder": (str(starter), "is no reranker"),
        "missing": ("qwen3-reranker-0.6b", "run `searcher models fetch qwen3-reranker-0.6b`"),
    }
    homes = {}
    for name, (reranker, said) in named.items():
        home = indexed_sample.copied(root / name)
        change(home, reranker=reranker, rerank_seconds=60.0, hub=False)
        homes[name] = home, said
    return homes


def test_from_the_command_line(cases: dict[str, Case]) -> None:
    calls = [["search", QUERY, "--home", str(home.root)] for home, _ in cases.values()]
    for (code, out, errors), (_, said) in zip(called(*calls, env=environment()), cases.values(), strict=True):
        assert code == 0, errors
        assert "indexed-sample" in out and said in errors
        assert "Traceback" not in errors


@pytest.mark.parametrize("name", CASES)
def test_through_the_api_and_on_the_page(cases: dict[str, Case], name: str) -> None:
    home, said = cases[name]
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
