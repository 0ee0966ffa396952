"""Who is let in: forged Host, Origin and fetch headers on the page, the API, MCP and the page's WebSocket."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from searcher.home import Home
from searcher.runtime import is_paused, resume
from tests.ui.security.streams import page_socket

PATHS = ["/", "/api/search?q=passport", "/api/health", "/api/mcp", "/_stcore/health", "/static/index.html"]
EVIL_HOSTS = [
    "evil.example",
    "evil.example:80",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil.example@127.0.0.1",
    "localhost:1@evil.example",
    "192.168.0.1",
    "[::ffff:8.8.8.8]",
    "0.0.0.0",
    "",
]
EVIL_ORIGINS = [
    "http://evil.example",
    "null",
    "http://localhost:{port}",  # another name is another page
    "http://127.0.0.1:1",  # another server of this machine
    "http://127.0.0.1:{port}.evil.example",
    "http://evil.example/127.0.0.1:{port}",
    "file://127.0.0.1:{port}",
]


def call(
    served: Any, path: str, headers: dict[str, str], method: str = "GET", body: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; the Host header is sent as given."""
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=30)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": urlsplit(served.url).netloc, **headers}.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() if body is not None else None)
    answer = connection.getresponse()
    result = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    connection.close()
    return result


@pytest.mark.parametrize("host", EVIL_HOSTS)
def test_a_forged_host_is_refused(served: Any, host: str) -> None:
    for path in PATHS:
        status, _, body = call(served, path, {"Host": host})
        # an empty Host is refused by the HTTP parser already, or by the guard
        assert status in (400, 403), (path, status, body)


@pytest.mark.parametrize("origin", EVIL_ORIGINS)
def test_another_origin_is_refused(served: Any, origin: str) -> None:
    for path in PATHS:
        status, _, _ = call(served, path, {"Origin": origin.format(port=urlsplit(served.url).port)})
        assert status == 403, path


def test_the_page_itself_is_let_in(served: Any) -> None:
    port = urlsplit(served.url).port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}", "LOCALHOST"):
        for path in ("/", "/api/health"):
            assert call(served, path, {"Host": host, "Origin": f"http://{host}"})[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_cannot_even_ask(served: Any, site: str) -> None:
    assert call(served, "/api/search?q=x", {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"})[0] == 403


@pytest.mark.parametrize(
    "headers",
    [{"Host": host} for host in EVIL_HOSTS[:5]] + [{"Origin": origin} for origin in EVIL_ORIGINS],
    ids=str,
)
def test_the_websocket_refuses_the_same(served: Any, headers: dict[str, str]) -> None:
    address = urlsplit(served.url)
    given = {name: value.format(port=address.port) for name, value in headers.items()}
    with pytest.raises((InvalidStatus, WebSocketException, OSError)) as refused:
        _websocket(served, given).close()
    if isinstance(refused.value, InvalidStatus):
        assert refused.value.response.status_code == 403


def test_the_websocket_lets_the_page_in(served: Any) -> None:
    with page_socket(served):
        pass


def _websocket(served: Any, headers: dict[str, str]) -> Any:
    """A connection to Streamlit's stream; Host is replaced where one is given."""
    import websockets.sync.client as sync

    address = urlsplit(served.url)
    host = headers.pop("Host", None)
    if host is None:
        return connect(f"ws://{address.netloc}/_stcore/stream", additional_headers=headers, open_timeout=20)
    import socket

    raw = socket.create_connection((address.hostname, address.port), 20)
    # the address names the forged host, the socket goes to the server all the same
    if not all(c.isalnum() or c in ".-:" for c in host):
        raw.close()
        raise OSError("no such address")
    return sync.connect(f"ws://{host}/_stcore/stream", sock=raw, open_timeout=20)


CHANGES = [
    ("POST", "/api/pause", "{}"),
    ("POST", "/api/resume", "{}"),
    ("POST", "/api/folders", json.dumps({"path": "/"})),
    ("DELETE", "/api/folders?path=/", None),
    ("POST", "/api/open", json.dumps({"path": "/etc/passwd"})),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize("secret", [None, "Bearer wrong", "Bearer ", "Basic {token}", "{token}", "bearer\t"])
def test_changes_need_the_token(
    served: Any, method: str, path: str, body: str | None, secret: str | None
) -> None:
    headers = {} if secret is None else {"Authorization": secret.format(token=served.token)}
    status, answer, _ = call(served, path, headers, method, body)
    assert status == 401 and answer["www-authenticate"] == "Bearer"
    assert "frame-ancestors 'none'" in answer["content-security-policy"]


def test_with_the_token_it_changes(served: Any) -> None:
    secret = {"Authorization": f"Bearer {served.token}"}
    try:
        assert call(served, "/api/pause", secret, "POST", "{}")[0] == 200
        assert is_paused(served.home)
        assert call(served, "/api/resume", secret, "POST", "{}")[0] == 200
        assert not is_paused(served.home)
    finally:
        resume(served.home)


def test_home_and_token_belong_to_their_owner(served: Any) -> None:
    assert served.home.root.stat().st_mode & 0o777 == 0o700
    assert served.home.token.stat().st_mode & 0o777 == 0o600


def test_security_headers(served: Any) -> None:
    own = urlsplit(served.url).netloc
    for path, sent, expected in (
        ("/", {}, 200),
        ("/api/health", {}, 200),
        ("/api/health", {"Origin": "http://evil.example"}, 403),
        ("/", {"Host": "evil.example"}, 403),
    ):
        status, headers, _ = call(served, path, sent)
        assert status == expected
        policy = dict(
            part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
        )
        assert policy["frame-ancestors"] == "'none'" and policy["default-src"] == "'self'"
        assert set(policy["connect-src"].split()) <= {"'self'", f"ws://{own}", f"wss://{own}"}
        assert not {"'unsafe-inline'", "*", "http:", "https:"} & set(policy["script-src"].split())
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_only_loopback_listens(served: Any) -> None:
    import psutil

    listening = [c for c in psutil.Process(served.pid).net_connections("inet") if c.status == "LISTEN"]
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_everywhere_needs_the_token_for_every_call(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    from ui.door.guard import Guard
    from ui.security import token

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})

    secret = token(Home(tmp_path / "home"))
    client = TestClient(Guard(app, token=secret, everywhere=True), base_url="http://box.example:8765")
    for path in ("/", "/api/health", "/_stcore/health", "/?token=wrong"):
        assert client.get(path, follow_redirects=False).status_code == 401
    assert client.get("/api/health", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    entering = client.get(f"/?token={secret}&q=a", follow_redirects=False)
    assert entering.status_code == 303 and entering.headers["location"] == "/?q=a"
    assert (
        "HttpOnly" in entering.headers["set-cookie"] and "SameSite=Strict" in entering.headers["set-cookie"]
    )
    assert client.get("/").text == "in"  # the cookie is enough from then on
