"""Speed of chunking with the model's own tokens, and its share of the embedding time; that one long line
costs no more a megabyte than a short one."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from indexer.chunking import chunk
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.records import Document
from searcher.settings import Settings
from searcher.text.language import detect

PROSE = "Der Kessel muss jedes Jahr gewartet werden. The pump is checked too, unless it rains. "
CODE = """def step_{n}(a, b):
    total = a + b * {n}
    for x in range(total):
        yield x
    return total


"""


def documents(scale: int) -> dict[str, Document]:
    return {
        "prose": Document("\n\n".join([PROSE * 5] * scale), kind="txt"),
        "code": Document("".join(CODE.format(n=n) for n in range(4 * scale)), kind="code", language="python"),
        "one line of JSON": Document('{"k": [1, 2.5, "abc"]}, ' * 18 * scale, kind="json"),
        "one line of JSON, 4x": Document('{"k": [1, 2.5, "abc"]}, ' * 72 * scale, kind="json"),
        "one word": Document("a" * 400 * scale, kind="txt"),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--home", type=Path, required=True, help="a home that holds the model")
    arguments.add_argument("--scale", type=int, default=500)
    arguments.add_argument("--json", type=Path)
    given = arguments.parse_args()
    embedder = open_embedder(Home(given.home).create(), Settings(model="starter", hub=False), role="index")
    model = embedder.model
    detect(PROSE)  # loads its model once
    result = {}
    for name, document in documents(given.scale).items():
        started = time.process_time()
        chunks = chunk(
            document,
            path="/x/file",
            count=embedder.count_tokens,
            target=model.chunk_tokens,
            limit=model.max_tokens,
        )
        chunking = time.process_time() - started
        texts = [f"{c.context}\n{c.text}" if c.context else c.text for c in chunks][:32]
        started = time.process_time()
        embedder.embed_full(texts)
        embedding = (time.process_time() - started) * len(chunks) / len(texts)
        result[name] = {
            "MB": round(len(document.text) / 1e6, 2),
            "chunks": len(chunks),
            "MB/s": round(len(document.text) / 1e6 / chunking, 2),
            "share": round(chunking / embedding, 4),
        }
        print(f"{name:22}", result[name])
    embedder.close()
    if given.json:
        given.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
