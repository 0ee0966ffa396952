"""How busy one writer keeps machines that only embed.

    python -m benchmarks.endpoints --servers 1,10,40 --rate 9 --passages 4000

Starts so many servers of /v1/embeddings, each of which takes as long as a machine that embeds `--rate`
passages a second and answers with made vectors, and indexes a made library with all of them: what is measured
is the sending and the writing, from the moment on when every file is found by its words. Prints passages a
second, and how much of what the servers could give that is.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import multiprocessing
import random
import tempfile
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.report import save, table

_DIM = 384


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--servers", default="1,10,40", help="numbers of servers, comma-separated")
    parser.add_argument("--rate", type=float, default=9.0, help="passages a second of each")
    parser.add_argument("--passages", type=int, default=4000, help="of the library, at most")
    given = parser.parse_args()
    rows = []
    for count in map(int, given.servers.split(",")):
        passages = min(given.passages, int(60 * count * given.rate))  # a minute of it is enough
        rows.append(_measured(count, given.rate, passages))
        print(rows[-1], flush=True)
    table("machines that embed, one writer", list(rows[0]), [[str(v) for v in row.values()] for row in rows])
    save("endpoints", {"rate": given.rate, "rows": rows})


def _measured(count: int, rate: float, passages: int) -> dict[str, Any]:
    import indexer
    from searcher import folders
    from searcher.home import Home
    from searcher.runtime import IndexerState
    from searcher.settings import Settings

    near, far = multiprocessing.Pipe()
    serving = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(count, rate, far), daemon=True
    )
    serving.start()
    urls = near.recv()
    try:
        with tempfile.TemporaryDirectory() as place:
            home = Home(Path(place) / "home").create()
            folders.add(home, _library(Path(place) / "library", passages))
            read: list[tuple[float, float]] = []

            def follow(state: IndexerState) -> None:
                if state.phase == "embedding" and not state.files_waiting and not read:
                    read.append((time.monotonic(), time.process_time()))
                if state.phase == "upkeep" and not state.chunks_pending and len(read) == 1:
                    read.append((time.monotonic(), time.process_time()))
                    raise _Embedded

            began = time.monotonic()
            settings = Settings(embed_url=",".join(urls), model="made")
            with suppress(_Embedded):
                indexer.index(home, settings, progress=follow)
            (first, spent_first), (last, spent_last) = read
            seconds, spent = last - first, spent_last - spent_first
    finally:
        serving.terminate()
        serving.join()
    return {
        "servers": count,
        "passages": passages,
        "words after s": round(first - began, 1),
        "seconds": round(seconds, 1),
        "passages/s": round(passages / seconds, 1),
        "of what they could": round(passages / seconds / (count * rate), 2),
        "processor s": round(spent, 1),
    }


class _Embedded(Exception):
    """What comes after it is not measured here."""


def _library(folder: Path, passages: int) -> Path:
    """Notes of one passage each, no two alike."""
    parts = ("sol", "mar", "ten", "vi", "kor", "lu", "na", "do", "ris", "mel", "ta", "bru", "ge", "fin")
    words = ["".join(each) for each in itertools.product(parts, repeat=3)]
    chance = random.Random(7)
    for number in range(passages):
        name = folder / str(number // 200) / f"{number}.md"
        name.parent.mkdir(parents=True, exist_ok=True)
        name.write_text(f"Note {number}: {' '.join(chance.choices(words, k=60))}.\n")
    return folder


def _serve(count: int, rate: float, ready: Connection) -> None:
    """So many servers in a process of their own; each computes one request at a time."""
    servers = []
    for _ in range(count):
        server = ThreadingHTTPServer(("127.0.0.1", 0), _Embedding)
        server.seconds, server.one = 1 / rate, threading.Lock()  # type: ignore[attr-defined]
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ready.send([f"http://127.0.0.1:{server.server_port}" for server in servers])
    threading.Event().wait()


class _Embedding(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server: Any = self.server
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        with server.one:
            time.sleep(server.seconds * len(texts))
        rows = [{"index": place, "embedding": _vector(text)} for place, text in enumerate(texts)]
        content = json.dumps({"data": rows, "model": "made"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def _vector(text: str) -> list[int]:
    return list(hashlib.shake_128(text.encode()).digest(_DIM))


if __name__ == "__main__":
    main()
