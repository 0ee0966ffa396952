"""`searcher eval`: search quality on a data set with known answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from searcher.settings import default, options
from ui.cli.options import Command, as_json, place
from ui.cli.output import print_json, write

if TYPE_CHECKING:
    from searcher.embedding import Embedder
    from searcher.records import Chunk, Document


@click.command("eval", cls=Command, examples=("searcher eval benchmarks/data/mini --mode meaning --json",))
@click.argument("directory", type=click.Path())
@click.option("--mode", type=click.Choice(options("mode")), default=default("mode"), show_default=True)
@click.option("--dim", type=click.IntRange(1), help="Scan dimension [default: the model's]")
@as_json
def eval(directory: str, mode: str, dim: int | None, as_json: bool) -> None:
    """Measure nDCG@10, recall@10 and MRR@10, as trec_eval has them, on a data set in BEIR's layout.

    DIRECTORY holds corpus.jsonl, queries.jsonl and qrels/test.tsv.
    """
    from pathlib import Path

    from searcher.errors import UsageError
    from searcher.search.evaluation import evaluate
    from searcher.settings import Settings

    home = place().create()
    folder = Path(directory).expanduser()
    if not folder.is_dir():
        raise UsageError(f"{directory} is not a folder; it must hold corpus.jsonl, queries.jsonl and qrels/")
    measured = evaluate(folder, home, Settings.load(home), mode=mode, dim=dim, chunker=chunks)
    if as_json:
        print_json(measured)
        return
    for name in ("ndcg@10", "recall@10", "mrr@10"):
        write(f"{name:<10} {measured[name]:.4f}")
    model = f"{measured['model']} at {measured['dim']} dimensions"
    write(f"{measured['queries']} queries of {measured['dataset']}, {model}, {mode}")


def chunks(document: Document, path: str, embedder: Embedder) -> list[Chunk]:
    from indexer.chunking import chunk

    model = embedder.model
    return chunk(
        document, path=path, count=embedder.count_tokens, target=model.chunk_tokens, limit=model.max_tokens
    )
