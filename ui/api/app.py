"""The API as one mounted ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from ui.api import metrics
from ui.api.assistants import Assistants
from ui.api.checked import told
from ui.api.endpoints import plain, router
from ui.api.openapi import describe
from ui.service import Service

_WORKERS = 12  # threads; of questions fewer are worked on at once, and the same ones wait together
_OFF: Any = dict.fromkeys(("tracing", "metrics", "logs", "operation_spans", "auto_configure"), False)


def mount(service: Service) -> tuple[Mount, Callable[[], AbstractAsyncContextManager[None]]]:
    """The route of /api, and what must run as long as it answers."""
    assistants = Assistants(service)
    app = _Api(
        routes=[*router.routes, *plain.routes, Route("/mcp", assistants)],
        exception_handlers={HTTPException: _refused, Exception: _refused},
        openapi_url=None,  # without it no /docs and /redoc, whose scripts come from elsewhere
        telemetry=_OFF,
    )
    app.state.service = service
    app.state.calls = metrics.Calls()
    # not anyio's threads: what a client that leaves gives up there goes on uncounted
    app.state.workers = ThreadPoolExecutor(_WORKERS, "api")

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        async with assistants.running():
            yield
        app.state.workers.shutdown(wait=False, cancel_futures=True)

    return Mount("/api", app=app), running


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        return describe()


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == 405:
        path = request.url.path.removeprefix("/api")
        methods = {m for route in request.app.routes if route.path == path for m in route.methods or ()}
        allowed = methods | ({"HEAD"} if "GET" in methods else set())
        error.headers = {"Allow": ", ".join(sorted(allowed))}
    return told(request, error)
