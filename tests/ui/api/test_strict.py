"""What the API refuses or takes where FastAPI alone would do otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from searcher.home import Home
from ui.api import mount
from ui.service import Service


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    home = Home(tmp_path_factory.mktemp("strict") / "home")
    home.create()
    return TestClient(Starlette(routes=[mount(Service(home))[0]]))


@pytest.mark.parametrize("number", [" 3", "3 ", "3.0", "1e1", "+3", "3_0", "", "3\n", "9999999999"])
def test_whole_numbers_only(client: TestClient, number: str) -> None:
    answer = client.get("/api/search", params={"q": "x", "limit": number})
    assert (answer.status_code, answer.json()["detail"]) == (400, "limit must be a whole number")


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("GET", "/api/status?x=1", "", "there is no parameter 'x'; known: none"),
        ("POST", "/api/folders?path=/x", "", "there is no parameter 'path'; known: none"),
        ("POST", "/api/folders", "", "path is missing"),
        ("POST", "/api/folders", "[" * 5000, "the body is no JSON"),
        ("POST", "/api/folders", "null", "the body must be a JSON object"),
        (
            "POST",
            "/api/folders",
            '{"path": "/x", "incl": []}',
            "there is no field 'incl'; known: path, include, exclude",
        ),
        (
            "POST",
            "/api/folders",
            '{"path": "/x", "include": null}',
            "include must be a list of at most 100 texts",
        ),
        ("POST", "/api/folders", '{"path": "/x", "include": [3]}', "include must be a text"),
        ("POST", "/api/folders", '{"path": "%s"}' % ("x" * 70_000), "the body is longer than 65536 bytes"),
        ("POST", "/api/pause", '{"x": 1}', "there is no field 'x'; known: none"),
    ],
)
def test_refused_with_a_sentence(client: TestClient, method: str, path: str, body: str, said: str) -> None:
    answer = client.request(method, path, content=body)
    assert (answer.status_code, answer.json()["detail"]) == (400, said)


@pytest.mark.parametrize("said", ["application/json", "application/x-www-form-urlencoded", "text/plain", ""])
def test_a_body_is_json_whatever_its_type(client: TestClient, tmp_path: Path, said: str) -> None:
    headers = {"content-type": said} if said else {}
    answer = client.post("/api/folders", content=f'{{"path": "{tmp_path}"}}', headers=headers)
    assert answer.status_code == 200 and answer.json()["path"] == str(tmp_path)


def test_methods(client: TestClient) -> None:
    assert client.head("/api/folders").status_code == client.head("/api/health").status_code == 200
    refused = client.put("/api/folders")
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET, HEAD, POST")
    assert client.head("/api/pause").status_code == 405
    assert {client.get(f"/api/{page}").status_code for page in ("docs", "redoc")} == {404}
