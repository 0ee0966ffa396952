"""Both ways to learn a socket's owner say the same, and neither takes another socket for it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.strangers import OTHER, as_root, running_as_other
from ui.door.sockets import Address, asked_for, in_tables, owner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel is asked on Linux alone")

Way = Callable[[Address, Address], int | None]
WAYS = (asked_for, in_tables, owner)


def _asked(way: Way, near: Address, far: Address) -> int | None:
    try:
        return way(near, far)
    except LookupError:
        return None


@contextmanager
def connected(listens: str, client: str) -> Iterator[tuple[socket.socket, Address, Address]]:
    """A client, its end and the server's, as the server sees them."""
    with ExitStack() as stack:
        family = socket.AF_INET6 if ":" in listens else socket.AF_INET
        listener = stack.enter_context(
            socket.create_server((listens, 0), family=family, dualstack_ipv6=listens == "::")
        )
        kind = socket.AF_INET6 if ":" in client else socket.AF_INET
        made = stack.enter_context(socket.socket(kind, socket.SOCK_STREAM))
        made.connect((client, listener.getsockname()[1]))
        accepted, _ = listener.accept()
        stack.enter_context(accepted)
        yield made, accepted.getpeername()[:2], accepted.getsockname()[:2]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("listens", "client"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("::", "127.0.0.1"),
        ("127.0.0.1", "::ffff:127.0.0.1"),
    ],
)
def test_the_owner_of_a_connection(way: Way, listens: str, client: str) -> None:
    with connected(listens, client) as (made, near, far):
        assert way(near, far) == os.geteuid()
        assert _asked(way, near, (far[0], far[1] ^ 1)) is None  # not connected to that
        made.close()
        assert _asked(way, near, far) is None  # nobody's any more, whatever number the kernel has for it


@pytest.mark.parametrize("way", WAYS)
def test_who_listens_at_a_port_has_not_called_from_it(way: Way) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert _asked(way, listener.getsockname(), ("127.0.0.1", 1)) is None


@as_root
@pytest.mark.parametrize("way", WAYS)
def test_another_users_connection_is_his(way: Way) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        code = f"c = socket.create_connection(('127.0.0.1', {listener.getsockname()[1]})); c.recv(1)"
        with running_as_other(code):
            accepted, near = listener.accept()
            with accepted:
                assert way(near, accepted.getsockname()) == OTHER
