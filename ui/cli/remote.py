"""Asking a running `searcher up` over its HTTP API, with as few imports as that can be done with.

Nothing is sent before it is known that the server at the other end is run by the same user: its address comes
from a file, and its port may have gone to somebody else.
"""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlencode, urlsplit

from searcher.errors import SearcherError, UsageError
from searcher.home import Home
from searcher.runtime import read_server
from ui.cli.options import place

_CONNECT_SECONDS = 0.5
_ANSWER_SECONDS = 120.0


def ask(path: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON answer of a GET, or None when no server answers for this home.

    Raises the server's own message as SearcherError or UsageError.
    """
    home = place()
    server = read_server(home)
    if server is None:
        return None
    try:
        status, body = _get(server["url"], _query(path, parameters), _token(home))
        value = json.loads(body)
    except (OSError, ValueError):
        return None
    if status == 200 and isinstance(value, dict):
        return value
    detail = value.get("detail") if isinstance(value, dict) else None
    if status in (400, 422):
        raise UsageError(detail or "the server refused the call")
    if status in (401, 403):
        raise SearcherError(
            f"the server at {server['url']} does not accept the secret in {home.token}; "
            "end that server and start `searcher up` again"
        )
    raise SearcherError(detail or f"the server at {server['url']} could not answer (status {status})")


def page(**parameters: str) -> str | None:
    """The address of the page of a server that answers for this home, with the secret where it needs one."""
    home = place()
    server = read_server(home)
    if server is None or ask("/api/health", {}) is None:
        return None
    secret = {"token": _token(home)} if server.get("with_token") else {}
    return _query(f"{server['url']}/", parameters | secret) if parameters or secret else str(server["url"])


def _token(home: Home) -> str:
    """Empty when it cannot be read."""
    try:
        return home.token.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _query(address: str, parameters: dict[str, Any]) -> str:
    return f"{address}?{urlencode(parameters)}" if parameters else address


def _get(url: str, target: str, token: str) -> tuple[int, bytes]:
    """Status and body. HTTP/1.0, so that the answer ends with the connection; http.client costs 15 ms.

    The Host says that the call stays on this machine, where its owner needs no token; the token is for
    systems that do not tell who calls. Raises OSError.
    """
    from ui.door.peer import answers_for_me

    parts = urlsplit(url)
    port = parts.port or 80
    headers = [f"Host: localhost:{port}", "Accept: application/json"]
    headers += [f"Authorization: Bearer {token}"] if token else []
    request = "\r\n".join([f"GET {target} HTTP/1.0", *headers, "", ""])
    with socket.create_connection((parts.hostname or "127.0.0.1", port), _CONNECT_SECONDS) as connection:
        if not answers_for_me(connection):
            raise PermissionError("another user's server")
        connection.settimeout(_ANSWER_SECONDS)
        connection.sendall(request.encode("ascii"))
        received = []
        while part := connection.recv(65536):
            received.append(part)
    head, _, body = b"".join(received).partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body
