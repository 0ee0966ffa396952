"""ASGI middleware that lets only the owner of this library in, over HTTP and WebSocket alike."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from ui.door.headers import with_headers
from ui.security import is_loopback, same_secret

COOKIE = "searcher_token"
_XSRF_COOKIE = "_streamlit_xsrf"
_READS = ("GET", "HEAD", "OPTIONS")
_POST_BUT_READ_ONLY = ("/api/mcp",)
_NEEDS_TOKEN = "this call needs the token in the home's file `token`: Authorization: Bearer TOKEN"
_NOT_YOURS = (
    "this library belongs to another user of this machine, or whose program calls cannot be told: "
    "the token in the home's file `token` lets you in, as ?token=TOKEN or Authorization: Bearer TOKEN"
)


class Guard:
    """Host must name this machine and Origin, when present, this page: a page elsewhere that resolves its
    own name to 127.0.0.1 sends its own name. The caller must be a program of the server's own user, or have
    the token. With `everywhere` any Host will do, with the token."""

    def __init__(self, app: Any, *, token: str, everywhere: bool = False) -> None:
        self.app, self.token, self.everywhere = app, token, everywhere

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        is_own = _is_plain(host) and (self.everywhere or _names_this_machine(host))
        sending = with_headers(send, host if is_own else "")
        if reason := self._forged(scope, headers):
            await _refuse(scope, sending, 403, reason)
        elif self._is_secret(_in_address(scope)):
            await self._welcome(scope, sending)
        elif not (self._has_token(headers) or await _is_owner(scope, host)):
            await _refuse(scope, sending, 401, _NOT_YOURS)
        elif _changes(scope) and not self._is_secret(_bearer(headers)):
            await _refuse(scope, sending, 401, _NEEDS_TOKEN)
        elif scope["type"] == "websocket" and not _is_from_page(headers):
            await _refuse(scope, sending, 403, "only the page itself opens this connection")
        else:
            await self.app(scope, receive, sending)

    def _forged(self, scope: Any, headers: Headers) -> str:
        """Why the call cannot come from this server's own page or from a program; empty when it may."""
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not (self.everywhere or _names_this_machine(host)):
            return "the Host header must name this machine, as in http://localhost"
        if any(not _is_page(origin, host) for origin in headers.getlist("origin")):
            return "the Origin header names another page"
        if scope["path"].startswith("/api") and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return "another page made this call"
        return ""

    def _has_token(self, headers: Headers) -> bool:
        return self._is_secret(_bearer(headers)) or self._is_secret(_cookies(headers).get(COOKIE, ""))

    def _is_secret(self, given: str) -> bool:
        return bool(given) and same_secret(given, self.token)

    async def _welcome(self, scope: Any, send: Any) -> None:
        """The token moves from the address, where histories keep it, into a cookie."""
        left = {k: v for k, v in parse_qs(scope["query_string"].decode("latin-1")).items() if k != "token"}
        location = scope["path"] + ("?" + urlencode(left, doseq=True) if left else "")
        location = "/" + location.lstrip("/\\")
        cookie = f"{COOKIE}={self.token}; Path=/; HttpOnly; SameSite=Strict"
        headers = [
            (b"location", location.encode("latin-1", "ignore")),
            (b"set-cookie", cookie.encode("ascii")),
        ]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


async def _is_owner(scope: Any, host: str) -> bool:
    """Whether the server's own user made the connection. Not for a Host that names something else: that may
    be the owner's browser, led here by a foreign page."""
    peer = scope.get("state", {}).get("peer")
    return peer is not None and _names_this_machine(host) and await peer.is_owner()


def _changes(scope: Any) -> bool:
    path = scope["path"]
    return bool(
        scope["type"] == "http"
        and path.startswith("/api")
        and scope["method"] not in _READS
        and not path.startswith(_POST_BUT_READ_ONLY)
    )


def _is_from_page(headers: Headers) -> bool:
    """Whether a WebSocket carries the page's own secret, which Streamlit's page reads from a cookie and sends
    as the second subprotocol: whatever is done on the page goes over such a connection."""
    from streamlit.web.server.starlette.starlette_app_utils import validate_xsrf_token

    offered = [part.strip() for part in headers.get("sec-websocket-protocol", "").split(",")]
    given = offered[1] if len(offered) > 1 else ""
    return "origin" in headers and validate_xsrf_token(given, _cookies(headers).get(_XSRF_COOKIE))


def _is_page(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _names_this_machine(host: str) -> bool:
    name = _name_of(host)
    return bool(name) and is_loopback(name)


def _is_plain(host: str) -> bool:
    """Whether a Host can stand in a header's value: a name or address and a port, nothing else."""
    return bool(_name_of(host)) and all(c.isascii() and (c.isalnum() or c in ".-:[]") for c in host)


def _name_of(host: str) -> str:
    """Without the port; empty for what is no host."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    return name or "" if parts.netloc == host and "@" not in host else ""


def _bearer(headers: Headers) -> str:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() == "bearer" else ""


def _cookies(headers: Headers) -> dict[str, str]:
    return cookie_parser("; ".join(headers.getlist("cookie")))


def _in_address(scope: Any) -> str:
    """The token in the query string of a page, never of the API or a WebSocket."""
    if scope["type"] == "http" and not scope["path"].startswith("/api"):
        query = scope.get("query_string", b"")
        if b"token=" in query:
            return str(parse_qs(query.decode("latin-1")).get("token", [""])[0])
    return ""


async def _refuse(scope: Any, send: Any, status: int, reason: str) -> None:
    title = "Forbidden" if status == 403 else "Unauthorized"
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": reason}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # strangers hold no connection
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    kind = "http.response"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
            return
        kind = "websocket.http.response"
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
