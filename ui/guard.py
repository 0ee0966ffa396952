"""ASGI middleware that lets only the person of this machine in, over HTTP and WebSocket alike."""

from __future__ import annotations

import json
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from ui.security import is_loopback, same_secret

COOKIE = "searcher_token"
_READS = ("GET", "HEAD", "OPTIONS")
_POST_BUT_READ_ONLY = ("/api/mcp",)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"content-security-policy",
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self' ws: wss:; media-src 'self' data: blob:; worker-src 'self' blob:; "
        b"frame-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        b"frame-ancestors 'none'",
    ),
]


class Guard:
    """Host must name this machine and Origin, when present, this page: a page elsewhere that resolves its
    own name to 127.0.0.1 sends its own name. With `everywhere` any Host will do, but every call needs the
    token."""

    def __init__(self, app: Any, *, token: str, everywhere: bool = False) -> None:
        self.app, self.token, self.everywhere = app, token, everywhere

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in reversed(scope["headers"])}
        reason = self._refusal(scope, headers)
        if reason:
            await _refuse(scope, send, *reason)
        elif self.everywhere and scope["type"] == "http" and same_secret(_in_address(scope), self.token):
            await self._welcome(scope, send)
        else:
            await self.app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Any, headers: dict[str, str]) -> tuple[int, str] | None:
        """(status, reason), or None when the call may pass."""
        host = headers.get("host", "")
        names = [value for name, value in scope["headers"] if name.lower() == b"host"]
        if len(names) != 1 or (not self.everywhere and not _names_this_machine(host)):
            return 403, "the Host header must name this machine, as in http://localhost"
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"origin"]
        if any(not _is_page(origin, host) for origin in origins):
            return 403, "the Origin header names another page"
        path = scope["path"]
        if path.startswith("/api") and headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return 403, "another page made this call"
        needed = self.everywhere or (
            scope["type"] == "http"
            and path.startswith("/api")
            and scope["method"] not in _READS
            and not path.startswith(_POST_BUT_READ_ONLY)
        )
        if needed and not self._authorised(scope, headers):
            return 401, "this call needs the token in the home's file `token`: Authorization: Bearer TOKEN"
        return None

    def _authorised(self, scope: Any, headers: dict[str, str]) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        candidates = [given.strip()] if scheme.lower() == "bearer" else []
        if self.everywhere:
            candidates += [_cookie(headers), _in_address(scope)]
        return any(candidate and same_secret(candidate, self.token) for candidate in candidates)

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


def _is_page(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _names_this_machine(host: str) -> bool:
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return bool(name) and parts.netloc == host and "@" not in host and is_loopback(name or "")


def _cookie(headers: dict[str, str]) -> str:
    try:
        jar: SimpleCookie = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""


def _in_address(scope: Any) -> str:
    if not scope["path"].startswith("/api") and b"token=" in scope.get("query_string", b""):
        return parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
    return ""


async def _refuse(scope: Any, send: Any, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": reason})
        return
    body = json.dumps(
        {
            "type": "about:blank",
            "title": "Forbidden" if status == 403 else "Unauthorized",
            "status": status,
            "detail": reason,
        }
    ).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Any) -> Any:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message.get("headers", [])}
            added = [(name, value) for name, value in _HEADERS if name not in present]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending
