"""What comes over the pipes from a process that reads hostile files is not trusted."""

from __future__ import annotations

import io
import os
import pickle
import struct

import pytest

from indexer.extraction.serving import Messages
from searcher.records import Document, Mark


def received(payload: bytes) -> object:
    return Messages(io.BytesIO(struct.pack("<Q", len(payload)) + payload), io.BytesIO()).receive()


def test_documents_come_through_whole() -> None:
    document = Document("text 🍵 茶", "md", marks=(Mark(0, page=2, heading=("A",)),), tags=("x",))
    pipe = io.BytesIO()
    Messages(io.BytesIO(), pipe).send(document)
    assert Messages(io.BytesIO(pipe.getvalue()), io.BytesIO()).receive() == document


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("true",)


@pytest.mark.parametrize("payload", [pickle.dumps(Evil()), pickle.dumps(os.getpid), b"not a pickle", b""])
def test_nothing_but_our_records_is_rebuilt(payload: bytes) -> None:
    with pytest.raises(EOFError):
        received(payload)


def test_a_message_cut_short() -> None:
    with pytest.raises(EOFError):
        Messages(io.BytesIO(struct.pack("<Q", 100) + b"half"), io.BytesIO()).receive()
