"""The page's WebSocket, opened as the page in a browser opens it."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol


def xsrf(served: Any) -> str:
    """The secret that the page's server gives a browser in a cookie."""
    connection = http.client.HTTPConnection(urlsplit(served.url).netloc, timeout=30)
    connection.request("GET", "/_stcore/health")
    cookies = connection.getresponse().getheader("set-cookie") or ""
    connection.close()
    return cookies.partition("_streamlit_xsrf=")[2].partition(";")[0].strip('"')


@contextmanager
def page_socket(served: Any, *, without: str = "", session: str = "") -> Iterator[ClientConnection]:
    """`without` leaves out one of origin, cookie and protocol; `session` is of a tab that comes back."""
    secret = xsrf(served)
    headers = {"Origin": served.url, "Cookie": f"_streamlit_xsrf={secret}"}
    headers.pop(without.title(), None)
    offered = [Subprotocol("streamlit"), Subprotocol(secret)][: 1 if without == "protocol" else 2]
    offered += [Subprotocol(session)] if session else []
    with connect(
        f"ws://{urlsplit(served.url).netloc}/_stcore/stream",
        additional_headers=headers,
        subprotocols=offered,
        open_timeout=20,
    ) as stream:
        yield stream
