"""Another user of this machine, who has a real user id of his own and every way in but the token."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from searcher.home import Home
from searcher.runtime import write_server
from tests.strangers import as_root, run_as_other, running_as_other
from tests.ui.security.streams import page_socket, xsrf

# asks each [method, path, headers, body] on a connection of its own; prints [status, headers, body] for each
ASK = """
answers = []
for method, path, headers, body in json.loads(sys.argv[2]):
    connection = http.client.HTTPConnection(sys.argv[1], timeout=50)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answers.append([answer.status, dict(answer.getheaders()), answer.read(2000).decode("utf-8", "replace")])
    connection.close()
print(json.dumps(answers))
"""
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def ask(served: Any, calls: list[tuple[str, str, dict[str, str], str | None]]) -> list[Any]:
    answers: list[Any] = json.loads(run_as_other(ASK, urlsplit(served.url).netloc, json.dumps(calls)))
    return answers


def ways_in(served: Any, extra: dict[str, str]) -> dict[str, tuple[str, str, dict[str, str], str | None]]:
    """A harmless call by each: without the token all of them are to fail alike."""
    document = quote(str(served.folder / "notes" / "todo.txt"))
    secret = xsrf(served)
    cookie = "; ".join(filter(None, [f"_streamlit_xsrf={secret}", extra.get("Cookie", "")]))
    page = {**extra, "Origin": served.url, "Cookie": cookie}
    stream = {**UPGRADE, **page, "Sec-WebSocket-Protocol": f"streamlit, {secret}"}
    listing = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assistant = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    return {
        "page": ("GET", "/", extra, None),
        "its files": ("GET", "/static/index.html", extra, None),
        "stream": ("GET", "/_stcore/stream", stream, None),
        "health": ("GET", "/api/health", extra, None),
        "search": ("GET", "/api/search?q=ferry", extra, None),
        "document": ("GET", f"/api/document?path={document}", extra, None),
        "status": ("GET", "/api/status", extra, None),
        "metrics": ("GET", "/api/metrics", extra, None),
        "assistant": ("POST", "/api/mcp", {**extra, **assistant}, listing),
        "upload": ("PUT", "/_stcore/upload_file/x/y", {**page, "X-Xsrftoken": secret}, "text"),
        "change": ("POST", "/api/pause", extra, "{}"),
        "open": ("POST", "/api/open", extra, json.dumps({"path": str(served.folder / "notes/todo.txt")})),
    }


@as_root
@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"Authorization": "Bearer guessed"},
        {"Cookie": "searcher_token=guessed"},
        {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
    ],
    ids=["bare", "bearer", "cookie", "forwarded"],
)
def test_without_the_token_every_way_in_is_closed(served: Any, extra: dict[str, str]) -> None:
    calls = ways_in(served, extra)
    for way, (status, headers, body) in zip(calls, ask(served, list(calls.values())), strict=True):
        assert status == 401, (way, status, body)
        names = {name.lower() for name in headers}
        assert {"content-security-policy", "x-frame-options", "x-content-type-options"} <= names, way
        assert str(served.folder) not in body, way
    assert not (served.home.run / "paused").exists()


@as_root
def test_with_the_token_he_is_let_in(served: Any) -> None:
    bearer = {"Authorization": f"Bearer {served.token}"}
    calls = ways_in(served, bearer)
    for way in ("upload", "change", "open"):
        del calls[way]
    for way, (status, _, body) in zip(calls, ask(served, list(calls.values())), strict=True):
        assert status == (101 if way == "stream" else 200), (way, status, body)

    entering, with_cookie, change = ask(
        served,
        [
            ("GET", f"/?token={served.token}&q=a", {}, None),
            ("GET", "/api/search?q=ferry", {"Cookie": f"searcher_token={served.token}"}, None),
            ("POST", "/api/pause", {"Cookie": f"searcher_token={served.token}"}, "{}"),
        ],
    )
    assert entering[0] == 303 and "HttpOnly" in entering[1]["set-cookie"]
    assert with_cookie[0] == 200
    assert change[0] == 401  # a cookie goes along by itself; changes need what only a program sends


@as_root
def test_a_caller_who_has_left_is_nobody(served: Any) -> None:
    """The kernel says user 0 of a socket that its process closed; the server here runs as user 0."""
    before = json.loads(_get(served, "/api/status"))["paused"]
    code = """
host, port = sys.argv[1].split(":")
head = "POST /api/mcp HTTP/1.1\\r\\nHost: " + sys.argv[1] + "\\r\\nContent-Length: 2\\r\\n\\r\\n"
for _ in range(50):
    s = socket.create_connection((host, int(port)))
    s.sendall(head.encode() + b"{}")
    s.close()
print("sent")
"""
    assert run_as_other(code, urlsplit(served.url).netloc) == "sent\n"
    metrics = _get(served, "/api/metrics").decode()
    assert 'endpoint="mcp"' not in metrics
    assert json.loads(_get(served, "/api/status"))["paused"] == before


@as_root
def test_a_query_is_not_sent_to_another_users_server(tmp_path: Path) -> None:
    """A server.json that leads to a port which is somebody else's now."""
    code = """
listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(20)
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
connection.settimeout(5)
print(connection.recv(1000), flush=True)
"""
    with running_as_other(code) as stranger:
        assert stranger.stdout
        port = int(stranger.stdout.readline())
        home = Home(tmp_path / "home").create()
        write_server(home, f"http://127.0.0.1:{port}", with_token=False)
        command = [sys.executable, "-m", "ui.cli.main", "search", "secret", "--home", str(home.root)]
        asked = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert "nothing is indexed" in asked.stderr  # the home answered, not the stranger
        assert stranger.stdout.readline() == "b''\n"


def test_the_owner_needs_nothing(served: Any) -> None:
    assert json.loads(_get(served, "/api/search?q=ferry"))["results"]
    with page_socket(served):
        pass


@pytest.mark.parametrize("left_out", ["origin", "cookie", "protocol"])
def test_a_stream_needs_the_pages_own_secret(served: Any, left_out: str) -> None:
    with pytest.raises(InvalidStatus) as refused, page_socket(served, without=left_out):
        pass
    assert refused.value.response.status_code == 403


def _get(served: Any, path: str) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=30)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body
