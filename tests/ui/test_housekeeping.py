"""Tabs that were closed: a few may come back for a while, the others give back what they held."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.ui.security.streams import page_socket
from ui.housekeeping import CLOSED, beside


def _session_id(tab: ClientConnection) -> str:
    """Of a tab, which runs the page's script to its end."""
    asked, told = BackMsg(), ""
    asked.rerun_script.query_string = ""
    tab.send(asked.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(bytes(tab.recv(60, decode=False)))
        if message.WhichOneof("type") == "new_session":
            told = message.new_session.initialize.session_id
        if message.WhichOneof("type") == "script_finished":
            return told


def test_a_tab_that_lost_its_connection_comes_back_to_what_it_had(served: Any) -> None:
    with page_socket(served) as tab:
        own = _session_id(tab)
    end, back = time.monotonic() + 20, ""
    while back != own:  # too early, the server still takes leave of the first connection
        assert time.monotonic() < end
        with suppress(ConnectionClosed), page_socket(served, session=own) as tab:
            back = _session_id(tab)


@pytest.mark.skipif(sys.platform != "linux", reason="counts the descriptors in /proc")
def test_many_tabs_that_were_closed_hold_few_descriptors(served: Any) -> None:
    def descriptors() -> int:
        return len(list(Path(f"/proc/{served.pid}/fd").iterdir()))

    before = descriptors()
    for _ in range(2 * CLOSED):
        with page_socket(served):
            pass
    end = time.monotonic() + 20
    while (more := descriptors() - before) > 3 * CLOSED + 5:
        assert time.monotonic() < end, f"{more} more than before"
        time.sleep(0.1)


def test_what_fails_beside_the_server_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    looked: list[int] = []

    async def look() -> None:
        looked.append(len(looked))
        if len(looked) == 1:
            raise AttributeError("not there yet")

    async def run() -> None:
        with anyio.fail_after(20):
            async with beside(look, 0.01):
                while len(looked) < 3:
                    await anyio.sleep(0.01)

    with ThreadPoolExecutor(1) as thread:  # in a worker that drives a browser the main one may have its loop
        thread.submit(anyio.run, run).result()
    assert "not there yet" in caplog.text
