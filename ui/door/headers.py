"""The security headers of every answer, and the policy that says what the page may load and reach."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders

Send = Callable[[Any], Awaitable[None]]

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def with_headers(send: Send, host: str = "") -> Send:
    """`send` that adds what an answer does not have. `host` is the checked Host header of the call."""

    async def sending(message: Any) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            message = {**message, "headers": [*message.get("headers", [])]}
            headers = MutableHeaders(raw=message["headers"])
            for name, value in _ALWAYS.items():
                headers.setdefault(name, value)
            headers.setdefault("content-security-policy", policy(host))
        await send(message)

    return sending


def policy(host: str) -> str:
    """Scripts are the page's own files, its one inline script by its hash, and those that Streamlit makes of
    its components (blob:). Charts are compiled in the browser, which needs unsafe-eval. WebSockets lead to
    this server alone: older browsers do not count them to 'self'."""
    own = f" ws://{host} wss://{host}" if host else ""
    return (
        f"default-src 'self'; script-src 'self' {_inline_hashes()} 'unsafe-eval' 'wasm-unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"connect-src 'self'{own}; media-src 'self' data: blob:; worker-src 'self' blob:; "
        "frame-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


@cache
def _inline_hashes() -> str:
    """Of the scripts inside the page's own HTML, which comes with Streamlit."""
    import streamlit

    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    hashes = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page)]
    return " ".join(f"'sha256-{digest}'" for digest in hashes)
