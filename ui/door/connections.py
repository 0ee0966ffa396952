"""How many connections there may be, and how long each may take for what it has to say.

Whoever waits for headers can be sent away at any time: the oldest one gives way to a new one, so that a
flood of half-sent requests pushes out itself, and a caller who speaks at once is heard.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from ui.door.peer import Peer
from ui.security import is_loopback

ACCEPTED_AT_ONCE = 128  # fewer than may wait, so that nobody is sent away before he could speak
_BACKLOG = 4096  # connections the kernel keeps until they are accepted, as far as it allows
_LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Connections in total; those that wait for headers, whole or in part, among them; those of one other
    machine. Seconds for headers; without a byte of an unfinished body; in which an answer is not taken."""

    total: int = 1024
    waiting: int = 512
    per_client: int = 64
    header_seconds: float = 10.0
    body_seconds: float = 30.0
    taking_seconds: float = 60.0


class Connections:
    """Of one server. `http` makes its protocols; everything happens in the server's event loop."""

    def __init__(self, limits: ConnectionLimits | None = None) -> None:
        self.limits = limits or ConnectionLimits()
        self._all: dict[Watched, str] = {}  # with the client's address
        self._waiting: dict[Watched, None] = {}  # the oldest first
        self._clients: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._all)

    def http(self, **given: Any) -> asyncio.Protocol:
        return HttpConnection(self, **given)

    def admit(self, connection: Watched, client: str) -> bool:
        """Whether it may stay; an older one that waits for headers may have to go for it."""
        limits = self.limits
        is_elsewhere = not is_loopback(client)
        if is_elsewhere and self._clients[client] >= limits.per_client:
            return False
        if len(self._waiting) >= limits.waiting or len(self._all) >= limits.total:
            oldest = next(iter(self._waiting), None)
            if oldest is None:
                return False
            self.remove(oldest)
            oldest.end()
        self._all[connection] = client
        self._clients[client] += 1
        if self._timer is None:
            self._timer = connection.loop.call_later(_LOOK_SECONDS, self._look, connection.loop)
        return True

    def wait(self, connection: Watched) -> None:
        """It waits for headers from now on."""
        if connection in self._all:
            self._waiting[connection] = None

    def work(self, connection: Watched) -> None:
        """Its headers are here."""
        self._waiting.pop(connection, None)

    def hand_over(self, before: Watched, after: Watched) -> None:
        """The same connection, as a WebSocket from now on."""
        if before in self._all:
            self._waiting.pop(before, None)
            self._all[after] = self._all.pop(before)

    def remove(self, connection: Watched) -> None:
        self._waiting.pop(connection, None)
        client = self._all.pop(connection, None)
        if client is not None:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in list(self._all):
            if connection.is_overdue(now, self.limits):
                self.remove(connection)
                connection.end()
        self._timer = loop.call_later(_LOOK_SECONDS, self._look, loop) if self._all else None


class Watched:
    """What the two protocols share: since when the other side has been due to do something."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport

    def __init__(self, register: Connections, **given: Any) -> None:
        super().__init__(**given)
        self.register = register
        self.heard = self.loop.time()  # when the headers began to be due, or the last byte came
        self.stuck: float | None = None  # since when what is sent is not taken

    def end(self) -> None:
        self.transport.abort()

    def is_overdue(self, now: float, limits: ConnectionLimits) -> bool:
        return self.stuck is not None and now - self.stuck > limits.taking_seconds

    def pause_writing(self) -> None:
        self.stuck = self.loop.time()
        super().pause_writing()  # type: ignore[misc]

    def resume_writing(self) -> None:
        self.stuck = None
        super().resume_writing()  # type: ignore[misc]

    def connection_lost(self, exc: Exception | None) -> None:
        self.register.remove(self)
        super().connection_lost(exc)  # type: ignore[misc]


class HttpConnection(Watched, H11Protocol):
    """uvicorn's protocol, which knows no limit but that of an idle connection. The peer goes along in the
    call's `state`."""

    def __init__(self, register: Connections, **given: Any) -> None:
        super().__init__(register, **given)
        self.ws_protocol_class = partial(PageConnection, register, self)  # type: ignore[assignment]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "peer": Peer(self.client, _ends(self.server))}
        if self.register.admit(self, self.client[0] if self.client else ""):
            self.register.wait(self)
        else:
            self.end()

    def data_received(self, data: bytes) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.heard = self.loop.time()  # of a body; headers have to come in their time however they drip
        super().data_received(data)

    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self.register.work(self)
            self.heard = self.loop.time()

    def on_response_complete(self) -> None:
        self.heard = self.loop.time()
        self.register.wait(self)
        super().on_response_complete()  # may begin with the next call, which was sent along

    def is_overdue(self, now: float, limits: ConnectionLimits) -> bool:
        if super().is_overdue(now, limits):
            return True
        if self.cycle is None or self.cycle.response_complete:
            return now - self.heard > limits.header_seconds
        return self.cycle.more_body and now - self.heard > limits.body_seconds


class PageConnection(Watched, WebSocketsSansIOProtocol):
    """A WebSocket, which pings the other side."""

    def __init__(self, register: Connections, before: HttpConnection, **given: Any) -> None:
        super().__init__(register, **given)
        register.hand_over(before, self)


class Server(uvicorn.Server):
    """With room for a burst of connections in the kernel: uvicorn's backlog is also how many are accepted
    in one go."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(_BACKLOG)


def _ends(server: tuple[str, int | None] | None) -> tuple[str, int] | None:
    return (server[0], server[1]) if server and server[1] is not None else None


def room_for(limits: ConnectionLimits, raise_to: Callable[[int], int]) -> ConnectionLimits:
    """`limits` that leave the process enough file descriptors; `raise_to` asks the system for so many."""
    allowed = raise_to(4 * limits.total)
    total = max(min(limits.total, allowed // 2), 32)
    return ConnectionLimits(
        total=total,
        waiting=max(total // 2, 16),
        per_client=min(limits.per_client, total // 4),
        header_seconds=limits.header_seconds,
        body_seconds=limits.body_seconds,
        taking_seconds=limits.taking_seconds,
    )
