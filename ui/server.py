"""The web server: the Streamlit page and the HTTP API in one ASGI application on one port."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from searcher.errors import SearcherError, UsageError
from searcher.home import Home
from searcher.runtime import drop_asked, say_dropped, write_server
from searcher.settings import Settings
from searcher.system import raise_descriptors, take_over_port

if TYPE_CHECKING:
    import uvicorn

    from ui.service import Service

SCRIPT = Path(__file__).parent / "page" / "app.py"
_STOP_SECONDS = 2
_DROP_SECONDS = 0.2  # between looks


def build_app(home: Home, settings: Settings, *, url: str = "", everywhere: bool = False) -> Any:
    """The ASGI application for one home. With `url`, the home's run folder tells others of it.

    With `everywhere` any Host is answered, but only with the token.
    """
    from starlette.middleware import Middleware
    from streamlit.starlette import App

    from ui.api import mount
    from ui.door.addresses import OnePart
    from ui.door.guard import Guard
    from ui.housekeeping import giving_back
    from ui.security import token
    from ui.service import use

    leave_components_of_others()
    service = use(home)
    api, running = mount(service)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(running())
            await stack.enter_async_context(_dropping(service))
            await stack.enter_async_context(giving_back())
            if url:
                write_server(home, url, with_token=everywhere)
                stack.callback(home.server.unlink, missing_ok=True)
            stack.callback(service.close)
            yield

    guard = Middleware(Guard, token=token(home), everywhere=everywhere)
    return App(SCRIPT, routes=[api], middleware=[guard, Middleware(OnePart)], lifespan=lifespan)


def leave_components_of_others() -> None:
    """The page uses no components of other packages. Streamlit would look through all that are installed for
    some whenever it starts, 0.3 s of processor time, and serve what they bring."""
    from streamlit.components.v2 import manifest_scanner

    def none(max_workers: int | None = None) -> list[Any]:
        return []

    manifest_scanner.scan_component_manifests = none


@asynccontextmanager
async def _dropping(service: Service) -> AsyncIterator[None]:
    """Look now and then whether texts in memory are to be let go of, and say when that is done."""
    import anyio

    from ui.housekeeping import beside

    said = -1

    async def look() -> None:
        nonlocal said
        if drop_asked(service.home) != said:
            said = await anyio.to_thread.run_sync(service.drop_if_asked)
            with suppress(SearcherError):  # a full disk: who asked hears that nobody answered
                say_dropped(service.home, said)

    async with beside(look, _DROP_SECONDS):
        yield


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SearcherError when the port is taken, UsageError for a bad address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        take_over_port(listener)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror):
            raise UsageError(f"{host} is no address of this machine") from error
        raise SearcherError(
            f"port {port} of {host} cannot be used: {(error.strerror or str(error)).lower()}; "
            "choose another with --port"
        ) from error
    except OverflowError:
        listener.close()
        raise UsageError(f"{port} is no port; choose one from 1 to 65535") from None
    return listener


def serve(
    app: Any, listener: socket.socket, *, started: Callable[[uvicorn.Server], None] | None = None
) -> None:
    """Answer until a signal or `should_exit` stops it; raises KeyboardInterrupt after Ctrl-C."""
    import uvicorn

    from ui.door import logs
    from ui.door.connections import (
        ACCEPTED_AT_ONCE,
        ConnectionLimits,
        Connections,
        Server,
        room_for,
    )

    logs.set_up()
    connections = Connections(room_for(ConnectionLimits(), raise_descriptors))
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=cast(Any, connections.http),
        ws="websockets-sansio",
        backlog=ACCEPTED_AT_ONCE,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whoever calls could name any address as its own
        timeout_graceful_shutdown=_STOP_SECONDS,
        ws_max_size=64 * 1024 * 1024,
    )
    server = Server(config)
    if started:
        started(server)
    server.run(sockets=[listener])
