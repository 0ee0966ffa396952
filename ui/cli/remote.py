"""Asking a running `searcher up` over its HTTP API, with as few imports as that can be done with.

Nothing is sent before it is known that the server at the other end is run by the same user: its address comes
from a file, and its port may have gone to somebody else.
"""

from __future__ import annotations

import json
import os
import socket
from typing import Any
from urllib.parse import quote, urlsplit

from searcher.errors import SearcherError, UsageError
from ui.cli.options import place

_CONNECT_SECONDS = 0.5
_ANSWER_SECONDS = 120.0


def ask(path: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON answer of a GET, or None when no server runs for this home.

    Raises the server's own message as SearcherError or UsageError.
    """
    address = _address()
    if address is None:
        return None
    query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())
    try:
        status, body = _get(address, f"{path}?{query}" if query else path)
        value = json.loads(body)
    except (OSError, ValueError):
        return None
    if status == 200 and isinstance(value, dict):
        return value
    if status in (400, 422):
        raise UsageError(value.get("detail", "the server refused the call"))
    if status in (404, 409, 503):
        raise SearcherError(value.get("detail", "the server could not answer"))
    return None


def _address() -> tuple[str, int] | None:
    try:
        with open(place().run / "server.json", "rb") as file:
            known = json.load(file)
        os.kill(known["pid"], 0)
        parts = urlsplit(known["url"])
        return (parts.hostname or "127.0.0.1", parts.port or 80) if known.get("cli", True) else None
    except PermissionError:
        return None  # another person's process
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _get(address: tuple[str, int], target: str) -> tuple[int, bytes]:
    """Status and body. HTTP/1.0, so that the answer ends with the connection; http.client costs 15 ms.

    The Host says that the call stays on this machine, where its owner needs no token. Raises OSError.
    """
    from ui.door.peer import answers_for_me

    request = f"GET {target} HTTP/1.0\r\nHost: localhost:{address[1]}\r\nAccept: application/json\r\n\r\n"
    with socket.create_connection(address, _CONNECT_SECONDS) as connection:
        if not answers_for_me(connection):
            raise PermissionError("another user's server")
        connection.settimeout(_ANSWER_SECONDS)
        connection.sendall(request.encode("ascii"))
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body
