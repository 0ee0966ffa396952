"""Who owns a TCP socket of this machine, in the Linux kernel's own words."""

from __future__ import annotations

import socket
import struct
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

Address = tuple[str, int]

# netlink(7), sock_diag(7), <linux/inet_diag.h>
_SOCK_DIAG, _BY_FAMILY, _REQUEST, _ERROR = 4, 20, 1, 2
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port
_WHAT = struct.Struct("=BBBBI")  # family, protocol, extensions, padding, states
_ANY_STATE = _ANY_COOKIE = 0xFFFFFFFF
_IDENTITY = 36  # bytes: both ports, both addresses in 16 bytes each
_ANSWERED_AT = _HEADER.size + 4  # behind family, state, timer, retransmissions
_REST = struct.Struct("=12xIIIII")  # interface and cookie; expiry, queues, user, inode
_SECONDS = 1.0

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_UID, _INODE = 7, 9  # columns of those tables
_ATTEMPTS = 2  # a row can be missed while others come and go


def owner(near: Address, far: Address) -> int | None:
    """User id of the socket that is bound to `near` and connected to `far`; None when that cannot be told, as
    of a socket that its process has closed. The kernel is asked for this one; where it does not answer,
    its tables of all sockets are read, which takes milliseconds on a busy machine."""
    try:
        return asked_for(near, far)
    except LookupError:
        return in_tables(near, far)


def asked_for(near: Address, far: Address) -> int | None:
    """Raises LookupError when the kernel knows no such socket, or does not answer such questions."""
    one, other = plain(near[0]), plain(far[0])
    if type(one) is not type(other):
        raise LookupError(near)
    family = socket.AF_INET if isinstance(one, IPv4Address) else socket.AF_INET6
    ends = one.packed.ljust(16, b"\0") + other.packed.ljust(16, b"\0")
    identity = struct.pack("!HH", near[1], far[1]) + ends
    what = _WHAT.pack(family, socket.IPPROTO_TCP, 0, 0, _ANY_STATE)
    what += identity + struct.pack("=III", 0, _ANY_COOKIE, _ANY_COOKIE)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _SOCK_DIAG) as kernel:
            kernel.settimeout(_SECONDS)
            kernel.send(_HEADER.pack(_HEADER.size + len(what), _BY_FAMILY, _REQUEST, 1, 0) + what)
            answer = kernel.recv(8192)
    except OSError as error:
        raise LookupError(near) from error
    if len(answer) < _ANSWERED_AT + _IDENTITY + _REST.size or _HEADER.unpack_from(answer)[1] == _ERROR:
        raise LookupError(near)
    held = answer[_ANSWERED_AT : _ANSWERED_AT + _IDENTITY]
    # without a connection the kernel names who listens at that port; of an IPv6 socket it says ::ffff:1.2.3.4
    if held not in (identity, identity[:4] + _mapped(one) + _mapped(other)):
        raise LookupError(near)
    *_, uid, inode = _REST.unpack_from(answer, _ANSWERED_AT + _IDENTITY)
    return _told(uid, inode)


def in_tables(near: Address, far: Address) -> int | None:
    one, other = plain(near[0]), plain(far[0])
    for _ in range(_ATTEMPTS):
        for table in _TABLES:
            try:
                rows = table.read_bytes()
            except OSError:
                continue
            pack = _mapped if table.name.endswith("6") else _packed
            key = f" {_hex(pack(one), near[1])} {_hex(pack(other), far[1])} ".encode("ascii")
            if (start := rows.find(key)) < 0:
                continue
            row = rows[rows.rfind(b"\n", 0, start) + 1 :].split(maxsplit=_INODE + 1)
            return _told(int(row[_UID]), int(row[_INODE]))
    return None


def _told(uid: int, inode: int) -> int | None:
    """Nobody's socket any more, which has no inode, is user 0's by the kernel's word."""
    return None if not inode or uid == _nobody() else uid


def plain(host: str) -> IPv4Address | IPv6Address:
    """Without an IPv6 zone; ::ffff:1.2.3.4 is 1.2.3.4."""
    address = ip_address(host.partition("%")[0])
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _packed(address: IPv4Address | IPv6Address) -> bytes:
    return address.packed


def _mapped(address: IPv4Address | IPv6Address) -> bytes:
    """16 bytes, of IPv4 as ::ffff:1.2.3.4."""
    return (
        address.packed.rjust(16, b"\0") if address.version == 6 else bytes(10) + b"\xff\xff" + address.packed
    )


def _hex(packed: bytes, port: int) -> str:
    """As the tables write it."""
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"


def _nobody() -> int | None:
    """The number that stands for users unknown to this namespace: it tells nothing."""
    try:
        return int(Path("/proc/sys/kernel/overflowuid").read_bytes())
    except (OSError, ValueError):
        return None
