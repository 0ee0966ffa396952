"""Addresses of the page: it finds its own files from one with a single part alone."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse

_FILES = ("api", "static", "media", "component", "app", "_stcore")  # what lies below these is no page


class OnePart:
    """ASGI middleware: `/nowhere/at/all` and `/library/` lead to `/nowhere-at-all` and `/library`, where the
    page says itself whether there is one; at the longer address nothing would be drawn."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].count("/") > 1:
            parts = [part for part in scope["path"].split("/") if part]
            if "text/html" in Headers(scope=scope).get("accept", "") and not set(parts[:1]) & set(_FILES):
                answer = RedirectResponse("/" + quote("-".join(parts), safe=""), status_code=303)
                return await answer(scope, receive, send)
        await self.app(scope, receive, send)
