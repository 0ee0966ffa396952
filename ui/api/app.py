"""The API as one mounted ASGI application: endpoints in worker threads, errors as problem+json."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from searcher.errors import SearcherError, UsageError
from ui.api import metrics
from ui.api.assistants import Assistants
from ui.api.endpoints import ENDPOINTS, Endpoint
from ui.api.openapi import describe
from ui.api.params import from_body, from_query
from ui.api.problems import problem, status_of
from ui.service import Service

_WORKERS = 4
_BODY_BYTES = 64 * 1024
_ADDRESS_BYTES = 16 * 1024
_GONE = 499  # the client left before the answer; nginx' number for it, never sent


def mount(service: Service) -> tuple[Mount, Callable[[], AbstractAsyncContextManager[None]]]:
    """The route of /api, and what must run as long as it answers."""
    calls = metrics.Calls()
    limiter = anyio.CapacityLimiter(_WORKERS)
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint

    def route(path: str, methods: dict[str, Endpoint]) -> Route:
        async def answer(request: Request) -> Response:
            method = "GET" if request.method == "HEAD" else request.method
            return await _answered(request, methods[method], service, limiter, calls)

        return Route(path, answer, methods=list(methods))

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def numbers(_: Request) -> Response:
        status = await anyio.to_thread.run_sync(service.status, limiter=limiter)
        return PlainTextResponse(metrics.text(status, calls), media_type="text/plain; version=0.0.4")

    async def openapi(_: Request) -> Response:
        return JSONResponse(describe())

    routes = [route(path, methods) for path, methods in by_path.items()]
    routes += [Route("/health", health), Route("/metrics", numbers), Route("/openapi.json", openapi)]
    handlers: Any = {HTTPException: _refused, Exception: _unexpected}

    assistants = Assistants(service)
    routes.append(Route("/mcp", assistants))
    app = Starlette(routes=routes, exception_handlers=handlers)
    return Mount("/api", app=app), assistants.running


async def _answered(
    request: Request,
    endpoint: Endpoint,
    service: Service,
    limiter: anyio.CapacityLimiter,
    calls: metrics.Calls,
) -> Response:
    start = time.perf_counter()
    status = 500
    try:
        given = await _given(request, endpoint)
        value = await _unless_gone(request, lambda: endpoint.answer(service, given), limiter)
        status = 200
        return JSONResponse(value)
    except SearcherError as error:
        status = status_of(error)
        return problem(status, str(error))
    except ClientDisconnect:
        status = _GONE
        return Response(status_code=204)
    except Exception as error:
        return await _unexpected(request, error)
    finally:
        calls.record(endpoint.name, status, time.perf_counter() - start)


async def _given(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    if len(request.scope.get("query_string", b"")) > _ADDRESS_BYTES:
        raise UsageError(f"the query string is longer than {_ADDRESS_BYTES} bytes")
    if endpoint.method != "POST":
        return from_query(endpoint.params, request.query_params.multi_items())
    from_query((), request.query_params.multi_items())
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _BODY_BYTES:
            raise UsageError(f"the body is longer than {_BODY_BYTES} bytes")
    try:
        return from_body(endpoint.params, json.loads(body) if body else {})
    except (ValueError, RecursionError):
        raise UsageError("the body is no JSON") from None


async def _unless_gone(request: Request, work: Callable[[], Any], limiter: anyio.CapacityLimiter) -> Any:
    """`work` in a thread. When the client leaves, work that waits for its turn never starts, and the
    result of work that has started is dropped."""
    result: list[Any] = []
    failure: list[Exception] = []

    async def watch(scope: anyio.CancelScope) -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch, group.cancel_scope)
        try:
            result.append(await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=limiter))
        except Exception as error:
            failure.append(error)  # raised outside the group, which would wrap it
        group.cancel_scope.cancel()
    if failure:
        raise failure[0]
    if not result:
        raise ClientDisconnect
    return result[0]


async def _refused(_: Request, error: HTTPException) -> Response:
    return problem(error.status_code, error.detail, dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> Response:
    logging.getLogger("searcher").error("%s %s: %r", request.method, request.url.path, error)
    return problem(500, "something unexpected went wrong; the server's log has more")
