"""What the API asks of every call beyond what FastAPI checks, and how a call is worked on."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from functools import partial, wraps
from typing import Any

import anyio
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from searcher.errors import SearcherError, UsageError
from ui.api.problems import problem, status_of
from ui.api.sentences import inputs, sentence

_BODY_BYTES = 64 * 1024
_ADDRESS_BYTES = 16 * 1024
_GONE = 499  # the client left before the answer; nginx' number for it, never sent


class _Parsed(Request):
    """A request whose body was read: `given`, whatever type it is said to have."""

    def __init__(self, request: Request, given: Any) -> None:
        others = [header for header in request.scope["headers"] if header[0] != b"content-type"]
        headers = [*others, (b"content-type", b"application/json")]
        super().__init__({**request.scope, "headers": headers}, request.receive)
        self._given = given

    async def body(self) -> bytes:
        return b"read"

    async def json(self) -> Any:
        return self._given


class Headed(APIRoute):
    """HEAD is answered as GET, whose body the server leaves out."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return super().matches(_as_get(scope))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().handle(_as_get(scope), receive, send)


class Checked(Headed):
    """An endpoint that refuses what it does not know, works in one of the API's few threads, is counted,
    and tells every error as problem+json."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, _in_thread(endpoint), **{**given, "summary": endpoint.__doc__})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def checked(request: Request) -> Response:
            start = time.perf_counter()
            status = 500
            try:
                self._refuse_strange(request)
                response = await answer(await _parsed(request) if self.body_field else request)
                status = response.status_code
                return response
            except ClientDisconnect:
                status = _GONE
                return Response(status_code=204)
            except Exception as error:
                response = told(request, error)
                status = response.status_code
                return response
            finally:
                request.app.state.calls.record(self.unique_id, status, time.perf_counter() - start)

        return checked

    def _refuse_strange(self, request: Request) -> None:
        if len(request.scope.get("query_string", b"")) > _ADDRESS_BYTES:
            raise UsageError(f"the query string is longer than {_ADDRESS_BYTES} bytes")
        known = [param.alias for param in self.dependant.query_params]
        for name, count in Counter(name for name, _ in request.query_params.multi_items()).items():
            if name not in known:
                raise UsageError(f"there is no parameter {name[:50]!r}; known: {', '.join(known) or 'none'}")
            if count > 1:
                raise UsageError(f"{name} is given twice")


def told(request: Request, error: Exception) -> Response:
    """The answer to a call that failed."""
    match error:
        case SearcherError():
            return problem(status_of(error), str(error))
        case RequestValidationError():
            schemas = inputs(request.app.openapi(), "/api" + request.scope["route"].path, request.method)
            return problem(400, sentence(error.errors(), schemas))
        case HTTPException():
            return problem(error.status_code, error.detail, dict(error.headers or {}))
    logging.getLogger("searcher").error("%s %s: %r", request.method, request.url.path, error)
    return problem(500, "something unexpected went wrong; the server's log has more")


def _in_thread(work: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint with the parameters of `work` after its first, the service; it runs `work` in a thread."""

    @wraps(work)
    async def answer(request: Request, **given: Any) -> Response:
        state = request.app.state
        result = await _unless_gone(request, partial(work, state.service, **given), state.workers)
        return result if isinstance(result, Response) else JSONResponse(result)

    signature = inspect.signature(work, eval_str=True)
    asked = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)
    _, *others = signature.parameters.values()
    vars(answer)["__signature__"] = signature.replace(parameters=[asked, *others])
    answer.__doc__ = None  # it is the summary
    return answer


def _as_get(scope: Scope) -> Scope:
    return {**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope


async def _parsed(request: Request) -> Request:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _BODY_BYTES:
            raise UsageError(f"the body is longer than {_BODY_BYTES} bytes")
    try:
        return _Parsed(request, json.loads(body) if body else {})
    except (ValueError, RecursionError):
        raise UsageError("the body is no JSON") from None


async def _unless_gone(request: Request, work: Callable[[], Any], workers: Executor) -> Any:
    """`work` in a thread. When the client leaves, work that waits for its turn never starts; work that has
    started keeps its thread to the end, and its result is dropped."""
    result: list[Any] = []
    failure: list[Exception] = []

    async def watch(scope: anyio.CancelScope) -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(watch, group.cancel_scope)
        try:
            result.append(await asyncio.wrap_future(workers.submit(work)))
        except Exception as error:
            failure.append(error)  # raised outside the group, which would wrap it
        group.cancel_scope.cancel()
    if failure:
        raise failure[0]
    if not result:
        raise ClientDisconnect
    return result[0]
