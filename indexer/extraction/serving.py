"""The reading process: names and bytes of files come in by one pipe, documents go out by another. It opens no
file itself.

The blocks of code follow the document: parsers that hang or crash cost them, not the text."""

from __future__ import annotations

import contextlib
import faulthandler
import io
import json
import os
import pickle
import signal
import struct
import sys
from pathlib import Path
from typing import IO, Any

from indexer.formats.reading import extract_bytes
from indexer.formats.recognised import from_json
from indexer.formats.source import Limits
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Block, Document, Mark
from searcher.system import restrain

OUT_OF_MEMORY = 77  # exit code
_LENGTH = struct.Struct("<Q")
_TRAVEL = {(c.__module__, c.__name__): c for c in (Document, Mark, Block, Limits)}
_GRACE = 5.0  # seconds after the limit by which a process ends itself, should nobody else end it


class Messages:
    """Whole objects over two pipes. Only our own records are rebuilt: the other end reads hostile files."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def send(self, message: object) -> None:
        data = pickle.dumps(message, protocol=5)
        self._outgoing.write(_LENGTH.pack(len(data)) + data)
        self._outgoing.flush()

    def send_bytes(self, data: bytes) -> None:
        self._outgoing.write(_LENGTH.pack(len(data)))
        self._outgoing.write(data)
        self._outgoing.flush()

    def receive_bytes(self) -> bytes:
        """Raises EOFError when the other end is gone."""
        (size,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return self._exactly(size)

    def receive(self) -> Any:
        """Raises EOFError when the other end is gone or sends what is not ours."""
        try:
            return _Records(io.BytesIO(self.receive_bytes())).load()
        except (pickle.UnpicklingError, AttributeError, IndexError, TypeError, ValueError) as error:
            raise EOFError from error

    def _exactly(self, size: int) -> bytes:
        data = self._incoming.read(size)
        if len(data) < size:
            raise EOFError
        return data


class _Records(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _TRAVEL[module, name]
        except KeyError:
            raise EOFError(f"unexpected {module}.{name}") from None


def failure(answer: tuple[str, str]) -> ExtractionFailed:
    """The error that `serve` sent as (type, reason)."""
    kind, reason = answer
    return UnreadableKind(reason) if kind == UnreadableKind.__name__ else ExtractionFailed(reason)


def serve() -> None:
    """Answer requests until the other end closes its pipe."""
    messages = take_pipes()
    with contextlib.suppress(EOFError, BrokenPipeError):
        limits = messages.receive()
        restrain(limits.memory_bytes)  # on Windows the watch over resident memory is the limit
        while True:
            path = Path(os.fsdecode(messages.receive_bytes()))
            data, recognised = messages.receive_bytes(), messages.receive_bytes()
            faulthandler.dump_traceback_later(limits.wall_seconds + _GRACE, exit=True)
            answer = _outcome(path.name, data, limits, recognised)
            del data
            messages.send(answer)
            if isinstance(answer, Document) and answer.kind == "code":  # what is read is safe by now
                messages.send(_blocks(answer, path))
            faulthandler.cancel_dump_traceback_later()


def _outcome(name: str, data: bytes, limits: Limits, recognised: bytes) -> Document | tuple[str, str]:
    lines = from_json(json.loads(recognised or b"{}"))
    try:
        return extract_bytes(name, data, limits, lines)
    except ExtractionFailed as error:
        return type(error).__name__, str(error)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of the heap is not worth keeping


def _blocks(document: Document, path: Path) -> tuple[Block, ...]:
    from indexer.chunking.syntax import outline

    try:
        return outline(document, path.name)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def take_pipes() -> Messages:
    """Our pipes, out of reach of parsers that print."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nowhere, standard)
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    sys.setrecursionlimit(5000)
    return Messages(os.fdopen(incoming, "rb"), os.fdopen(outgoing, "wb"))
