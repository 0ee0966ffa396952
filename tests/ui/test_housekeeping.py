"""Tabs that were closed: a few may come back for a while, the others give back what they held."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.ui.security.streams import page_socket
from ui.housekeeping import CLOSED


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
