"""What the embedder chose by measuring: tokens a second of its way to compute, and of each other way.

    python -m benchmarks.contexts [--format Q8_0] [--repeat N]

On Qwen3-Embedding-0.6B's shape without the language-model head. Every way changes one thing; all are measured
turn by turn in one run.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.contenders import Run
from benchmarks.embedding import in_turns, scratch_home, shaped_model, texts_of
from searcher.embedding import headless, machine, open_embedder
from searcher.embedding.context import Context, Shape, side_by_side
from searcher.embedding.llama import Tokens, Weights, library
from searcher.embedding.local import BATCH, MICRO, MOST_CONTEXTS
from searcher.embedding.packing import calls
from searcher.home import Home
from searcher.models import fingerprints, gguf_file
from searcher.settings import Settings

_CHOSEN = replace(BATCH, micro=MICRO)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--format", default="Q8_0", help="weight format of the Qwen3 shape")
    arguments.add_argument("--repeat", type=int, default=3)
    given = arguments.parse_args()
    home, path = scratch_home("qwen3"), shaped_model(given.format)
    embedder = open_embedder(home, Settings(model=str(path)), role="index")
    texts = texts_of(embedder.count_tokens, 10)
    rows = embedder.tokenizer.rows(texts, "document", "documents")
    runs = ways(home, path, rows, machine.threads())
    for run in runs.values():
        run(texts)
    speeds = in_turns(runs, texts, sum(map(len, rows)), given.repeat)
    chosen = next(iter(speeds.values()))[0]
    table = [[name, f"{speed:.0f}", f"{speed / chosen:.2f}"] for name, (speed, _) in speeds.items()]
    report.table(f"{path.name}, {sum(map(len, rows))} tokens", ["", "tokens/s", "of the chosen"], table)
    report.save("contexts", {"tokens_per_second": {name: speed for name, (speed, _) in speeds.items()}})


def ways(home: Home, path: Path, rows: Sequence[Tokens], threads: int) -> dict[str, Run]:
    head = gguf_file.read(path)
    layers = headless.build(home, head, fingerprints.file_hash(home, path))
    assert layers is not None
    weights, lookup = Weights(layers), headless.EmbeddingRows(head)
    alone = list(calls([len(row) for row in rows], room=_CHOSEN.micro, alone=True))
    together = list(calls([len(row) for row in rows], room=_CHOSEN.batch, alone=False))

    def way(
        shape: Shape,
        *,
        count: int = min(threads, MOST_CONTEXTS),
        groups: list[list[int]] = alone,
        **changed: Any,
    ) -> Run:
        each = threads // count
        with _changed(changed):
            contexts = [
                Context(weights, shape, pooling=None, threads=each, lookup=lookup) for _ in range(count)
            ]
        tokens = [[rows[i] for i in group] for group in groups]
        pool = ThreadPoolExecutor(count)
        return lambda texts: list(side_by_side(contexts, pool, tokens, threads=each))

    return {
        f"chosen: contexts side by side, a text a call, {_CHOSEN.micro} tokens at once": way(_CHOSEN),
        "one context of all threads": way(_CHOSEN, count=1),
        "several texts a call, up to 512 tokens": way(_CHOSEN, groups=together),
        **{f"{tokens} tokens at once": way(replace(_CHOSEN, micro=tokens)) for tokens in (64, 128, 512)},
        "attention that is not flash": way(_CHOSEN, flash_attn_type=0),
        "a KV stream for each text": way(Shape(2, 512, MICRO), kv_unified=False, n_ctx=1024),
        "KV in float32": way(_CHOSEN, type_k=0, type_v=0),
    }


@contextmanager
def _changed(changed: dict[str, Any]) -> Iterator[None]:
    """Contexts opened meanwhile get these fields of llama_context_params, whatever the embedder sets."""
    lib = library()
    opened = lib.llama_init_from_model

    def with_changes(model: Any, parameters: Any) -> Any:
        for name, value in changed.items():
            setattr(parameters, name, value)
        return opened(model, parameters)

    lib.llama_init_from_model = with_changes
    try:
        yield
    finally:
        lib.llama_init_from_model = opened


if __name__ == "__main__":
    main()
