"""Floods of connections against the server's own protocols, on loopback and bounded."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import itertools
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from searcher.system import raise_descriptors
from ui.door import logs
from ui.door.connections import (
    ACCEPTED_AT_ONCE,
    ConnectionLimits,
    Connections,
    Server,
    room_for,
)

QUICK = ConnectionLimits(
    total=64, waiting=32, per_client=4, header_seconds=1.0, body_seconds=1.0, taking_seconds=1.0
)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Health at once; everything else once the body is there, with a long answer."""
    if scope["type"] != "http":
        return
    body = b"ok"
    if scope["path"] != "/api/health":
        while (await receive()).get("more_body"):
            pass
        body = b"x" * (32 << 20)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


class Running:
    def __init__(self, limits: ConnectionLimits) -> None:
        self.connections = Connections(limits)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        config: Any = {"http": self.connections.http, "backlog": ACCEPTED_AT_ONCE, "lifespan": "off"}
        self.server = Server(uvicorn.Config(app, loop="asyncio", log_config=None, **config))
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve(sockets=[self.listener])))

    def connect(self, data: bytes = b"") -> socket.socket:
        connection = socket.create_connection(self.address, 5)
        connection.sendall(data)
        return connection

    def health(self) -> float:
        """Seconds that the answer took, without those in which other programs had this one's processor."""
        start = time.monotonic() - waited()
        connection = http.client.HTTPConnection(*self.address, timeout=10)
        connection.request("GET", "/api/health")
        assert connection.getresponse().read() == b"ok"
        connection.close()
        return time.monotonic() - waited() - start


def waited() -> float:
    """Seconds in which a thread of this process was ready to run and no processor was free for it; 0.0 where
    the system does not count them."""
    times = []
    for thread in Path("/proc/self/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # it ended
            times.append(int(thread.read_text().split()[1]))
    return sum(times) / 1e9


@contextlib.contextmanager
def running(limits: ConnectionLimits) -> Iterator[Running]:
    served = Running(limits)
    served.thread.start()
    try:
        until(lambda: served.server.started)
        yield served
    finally:
        served.server.should_exit = True
        served.thread.join(20)
        assert not served.thread.is_alive()


def until(true: Any, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_closed(connection: socket.socket) -> bool:
    connection.settimeout(10)
    try:
        while connection.recv(1 << 16):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def test_health_answers_within_a_second_among_a_thousand_half_sent_headers() -> None:
    room = raise_descriptors(4096)
    if room < 3000:
        pytest.skip(f"this system lets a process open {room} files; the flood and the server need 3,000")
    with running(room_for(ConnectionLimits(), raise_descriptors)) as served, contextlib.ExitStack() as flood:
        half = b"GET /api/health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
        took = []
        for number in range(1000):
            flood.enter_context(served.connect(half))
            if number % 100 == 99:
                took.append(served.health())
        assert max(took) < 1, took
        assert len(served.connections) <= ConnectionLimits().waiting + 1


def test_headers_have_to_come_in_time_however_they_drip() -> None:
    with running(QUICK) as served, served.connect(b"GET / HTTP/1.1\r\n") as slow:
        start = time.monotonic()
        with pytest.raises((ConnectionError, BrokenPipeError)):
            while time.monotonic() - start < 10:
                slow.sendall(b"X: y\r\n")
                time.sleep(0.1)
        assert 0.9 < time.monotonic() - start < 8
        until(lambda: not len(served.connections))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
        b"GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",  # and takes nothing of the answer
    ],
    ids=["nothing", "half a header", "half a body", "idle", "deaf"],
)
def test_who_says_or_takes_no_more_is_sent_away(said: bytes) -> None:
    with running(QUICK) as served, served.connect(said):
        until(lambda: len(served.connections))
        until(lambda: not len(served.connections))


def test_the_oldest_silent_ones_give_way() -> None:
    with running(QUICK) as served, contextlib.ExitStack() as held:
        silent = [held.enter_context(served.connect()) for _ in range(40)]
        until(lambda: len(served.connections) == QUICK.waiting)
        assert all(is_closed(connection) for connection in silent[:8])
        assert served.health() < 1


def test_one_other_machine_gets_a_part_only() -> None:
    register = Connections(QUICK)

    class Held:
        loop = asyncio.new_event_loop()

        def end(self) -> None:
            raise AssertionError

    held: list[Any] = [Held() for _ in range(10)]
    assert [register.admit(one, "192.0.2.7") for one in held[:6]] == [True] * 4 + [False] * 2
    assert register.admit(held[6], "192.0.2.8")
    register.remove(held[0])
    assert register.admit(held[7], "192.0.2.7")
    Held.loop.close()


def test_lines_of_one_kind_are_few() -> None:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    clock = itertools.count(0.1, 0.01)  # where seconds that are added and taken away are others by a rounding
    handler.addFilter(logs.Sparing(seconds=0.5, now=lambda: next(clock)))
    logger = logging.Logger("flood")
    logger.addHandler(handler)
    for count in range(120):
        logger.warning("accept failed: %s", count)
    logger.warning("another kind")
    first, second, third, last = told.getvalue().splitlines()
    assert first == "accept failed: 0" and last == "another kind"
    assert all(" more like it)" in line for line in (second, third))


def test_without_free_descriptors_it_says_so_once_and_goes_on(tmp_path: Path) -> None:
    """A server that may open few files, and more connections than those."""
    script = tmp_path / "few.py"
    script.write_text(
        "import asyncio, json, resource, socket, sys, uvicorn\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))\n"
        "from tests.ui.security.test_connections import app\n"
        "from ui.door import logs\n"
        "from ui.door.connections import ACCEPTED_AT_ONCE, Connections, ConnectionLimits, Server\n"
        "logs.set_up()\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "connections = Connections(ConnectionLimits(total=1000, waiting=1000))\n"  # more than have room
        "config = uvicorn.Config(app, http=connections.http, loop='asyncio', log_config=None,\n"
        "                        backlog=ACCEPTED_AT_ONCE, lifespan='off')\n"
        "print(json.dumps(listener.getsockname()), flush=True)\n"
        "asyncio.run(Server(config).serve(sockets=[listener]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        address = tuple(json.loads(process.stdout.readline()))
        flood = [socket.create_connection(address, 5) for _ in range(120)]
        time.sleep(1.5)  # it is the amount of lines in a time that is looked at
        for connection in flood:
            connection.close()

        def answers() -> bool:
            connection = http.client.HTTPConnection(*address, timeout=5)
            with contextlib.closing(connection), contextlib.suppress(OSError):
                connection.request("GET", "/api/health")
                return connection.getresponse().status == 200
            return False

        until(answers)
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert "accept" in errors and len(errors.splitlines()) < 10, errors[:2000]
