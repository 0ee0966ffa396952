"""Known items: whether the one document that holds a name, an identifier or a number comes first.

    python benchmarks/known_items.py DIR [DIR ...] [--home DIR] [--mode hybrid]

The queries are made from the corpora of data sets in BEIR layout: file names, function names, and words with
digits that a single document holds. Prints hit@1 by kind; the aim is 0.95.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from indexer.chunking import chunk
from searcher.embedding import Embedder
from searcher.home import Home
from searcher.records import Chunk, Document
from searcher.search.evaluation import evaluate
from searcher.settings import Settings

_FUNCTION = re.compile(r"\b(?:def|function|const)\s+([A-Za-z_]\w{3,})")
_NUMBERED = re.compile(r"\b(?=\w*\d)(?=\w*[^\W\d])\w{3,}\b|\b\d{4,}\b")
_MOST = 200  # queries of one kind


def queries(corpus: list[dict[str, str]]) -> Iterator[tuple[str, str, set[str]]]:
    """(kind, query, ids of the documents that answer it)."""
    for entry in corpus:
        if re.fullmatch(r"[\w-]+\.\w+", entry.get("title") or ""):
            yield "file name", entry["title"], {entry["_id"]}
    for kind, pattern in (("identifier", _FUNCTION), ("number or code", _NUMBERED)):
        found = {word for entry in corpus for word in pattern.findall(entry["text"])}
        for word in sorted(found):
            holding = {e["_id"] for e in corpus if re.search(rf"\b{re.escape(word)}\b", e["text"])}
            if len(holding) <= 2:
                yield kind, word, holding


def chunker(document: Document, path: str, embedder: Embedder) -> list[Chunk]:
    model = embedder.model
    return chunk(
        document, path=path, count=embedder.count_tokens, target=model.chunk_tokens, limit=model.max_tokens
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directories", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--home")
    parser.add_argument("--mode", default="hybrid")
    given = parser.parse_args()
    home = Home.locate(given.home)
    missed = False
    for directory in given.directories:
        lines = (directory / "corpus.jsonl").read_text("utf-8").splitlines()
        corpus = [json.loads(line) for line in lines]
        made = list(queries(corpus))
        with tempfile.TemporaryDirectory() as place:
            root = Path(place) / directory.resolve().name
            (root / "qrels").mkdir(parents=True)
            (root / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
            counts: dict[str, int] = {}
            rows, judged = [], []
            for number, (kind, query, answers) in enumerate(made):
                counts[kind] = counts.get(kind, 0) + 1
                if counts[kind] <= _MOST:
                    rows.append({"_id": f"k{number}", "text": query, "metadata": {"language": kind}})
                    judged += [f"k{number}\t{answer}\t1" for answer in answers]
            (root / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
            (root / "qrels" / "test.tsv").write_text("\n".join(judged), "utf-8")
            scores = evaluate(
                root, home, Settings.load(home), mode=given.mode, chunker=chunker, names=("hit@1",)
            )
        print(f"{scores['dataset']}, {given.mode}, {scores['model']} at {scores['dim']}")
        for kind, measured in scores["by_language"].items():
            print(f"  {kind:16} {measured['queries']:4} queries   hit@1 {measured['hit@1']:.3f}")
            missed |= measured["hit@1"] < 0.95
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
