"""Whose program is at the other end of a local TCP connection: asked of the system, never of the caller."""

from __future__ import annotations

import os
import socket
import struct
import sys
import time
from ipaddress import IPv6Address, ip_address
from pathlib import Path

Address = tuple[str, int]

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_UID, _INODE = 7, 9  # columns of those tables
_ATTEMPTS = 2  # a row can be missed while others come and go
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
            if sys.platform == "linux":
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
    if sys.platform == "linux":
        return _owner(remote, local) == os.geteuid()
    return _among_own_processes(remote, local)


def _owner(remote: Address, local: Address) -> int | None:
    """User id of the socket at `remote`, by the kernel's own tables."""
    keys = [f" {_hex(remote, six)} {_hex(local, six)} ".encode("ascii") for six in (False, True)]
    for _ in range(_ATTEMPTS):
        for table, key in zip(_TABLES, keys, strict=True):
            if key.startswith(b"  "):
                continue
            try:
                rows = table.read_bytes()
            except OSError:
                continue
            if (start := rows.find(key)) < 0:
                continue
            row = rows[rows.rfind(b"\n", 0, start) + 1 :].split(maxsplit=_INODE + 1)
            if row[_INODE] == b"0":  # nobody's any more: the kernel calls that user 0
                return None
            owner = int(row[_UID])
            return None if owner == _nobody() else owner
    return None


def _hex(address: Address, six: bool) -> str:
    """As the tables write it; empty for a family they do not hold."""
    host, port = ip_address(address[0].partition("%")[0]), address[1]
    if not six:
        mapped = host.ipv4_mapped if isinstance(host, IPv6Address) else host
        if mapped is None:
            return ""
        packed = mapped.packed
    else:
        packed = host.packed if isinstance(host, IPv6Address) else IPv6Address(f"::ffff:{host}").packed
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"


def _nobody() -> int | None:
    """The number that stands for users unknown to this namespace: it tells nothing."""
    try:
        return int(Path("/proc/sys/kernel/overflowuid").read_bytes())
    except (OSError, ValueError):
        return None


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
    return one[1] == other[1] and _plain(one[0]) == _plain(other[0])


def _plain(host: str) -> str:
    address = ip_address(host.partition("%")[0])
    return str(address.ipv4_mapped or address) if isinstance(address, IPv6Address) else str(address)


def answers_for_me(connection: socket.socket) -> bool:
    """Whether the server at the other end of a connection of ours is run by this process' user."""
    try:
        ends = connection.getpeername()[:2], connection.getsockname()[:2]
    except OSError:
        return False
    if sys.platform != "linux":
        return is_mine(*ends)
    end = time.monotonic() + _ACCEPT_SECONDS
    while (owner := _owner(*ends)) is None and time.monotonic() < end:
        time.sleep(_ACCEPT_SECONDS / 100)  # the kernel names no owner before the server has accepted
    return owner == os.geteuid()
