"""MCP over streamable HTTP at /api/mcp. Its packages take long to import, so the first call does it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio

from ui.service import Service


class Assistants:
    """ASGI endpoint. Needs `running` around it for as long as it answers."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._server: Any = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self._requested, self._ready = anyio.Event(), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(self._host)
            yield
            group.cancel_scope.cancel()

    async def _host(self) -> None:
        await self._requested.wait()
        server = await anyio.to_thread.run_sync(self._build)
        async with server.session_manager.run():
            self._server = server
            self._ready.set()
            await anyio.sleep_forever()

    def _build(self) -> Any:
        from mcp.server.transport_security import TransportSecuritySettings

        from ui import mcp

        server = mcp.build(self._service)
        # Host and Origin are the guard's business, here as for everything else
        unguarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        server.streamable_http_app(json_response=True, stateless_http=True, transport_security=unguarded)
        return server

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._requested.set()
        await self._ready.wait()
        await self._server.session_manager.handle_request(scope, receive, send)
