"""Whose program is at the other end of a local TCP connection: asked of the system, never of the caller."""

from __future__ import annotations

import socket
import time

from searcher import system
from ui.door.sockets import Address, owner, plain

_ACCEPT_SECONDS = 2.0  # a busy server may take to accept a connection


class Peer:
    """The other end of one accepted connection. Looked up once, when it is first asked for: the sockets of a
    connection keep their owners."""

    def __init__(self, remote: Address | None, local: Address | None) -> None:
        self._ends = (remote, local) if remote and local else None
        self._is_owner: bool | None = None

    async def is_owner(self) -> bool:
        """Whether the person who runs this server made the connection; False when that cannot be told."""
        if self._is_owner is None:
            if system.LINUX:
                self._is_owner = self._looked_up()
            else:  # walks through processes
                import anyio

                self._is_owner = await anyio.to_thread.run_sync(self._looked_up)
        return self._is_owner

    def _looked_up(self) -> bool:
        return self._ends is not None and is_mine(*self._ends)


def is_mine(remote: Address, local: Address) -> bool:
    """Whether the socket at `remote` of the connection that is `local` here belongs to this process' user.
    False when that cannot be told: it lies on another machine, say, or is closed already."""
    if system.LINUX:
        return owner(remote, local) == system.user()
    return _among_own_processes(remote, local)


def _among_own_processes(remote: Address, local: Address) -> bool:
    """Where no table tells owners: whether a process of this user holds the socket."""
    import psutil

    me = psutil.Process().username()
    for process in psutil.process_iter(["username"]):
        if process.info["username"] != me:
            continue
        try:
            connections = process.net_connections("tcp")
        except (psutil.Error, OSError):
            continue
        for held in connections:
            if held.raddr and _same(held.laddr, remote) and _same(held.raddr, local):
                return True
    return False


def _same(one: Address, other: Address) -> bool:
    return one[1] == other[1] and plain(one[0]) == plain(other[0])


def answers_for_me(connection: socket.socket) -> bool:
    """Whether the server at the other end of a connection of ours is run by this process' user."""
    try:
        ends = connection.getpeername()[:2], connection.getsockname()[:2]
    except OSError:
        return False
    if not system.LINUX:
        return is_mine(*ends)
    end = time.monotonic() + _ACCEPT_SECONDS
    while (user := owner(*ends)) is None and time.monotonic() < end:
        time.sleep(_ACCEPT_SECONDS / 100)  # the kernel names no owner before the server has accepted
    return user == system.user()
