"""Weight formats: how fast each is here, and what it costs in agreement.

    python -m benchmarks.weights [--formats Q8_0,Q4_0,...] [--data DIR] [--texts N]

Speed is measured on Qwen3-Embedding-0.6B's shape, beside a plain llama.cpp loop over the same file and
PyTorch where it is installed. Agreement is measured on the starter, whose layers are written again in each
format; --data adds nDCG@10 on a folder in BEIR's layout.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from gguf.constants import GGMLQuantizationType
from gguf.quants import quantize

from benchmarks import contenders, report
from benchmarks.embedding import SCRATCH, in_turns, scratch_home, shaped_model, texts_of
from benchmarks.shapes import FORMATS, Qwen3Shape
from searcher.embedding import llama, machine, open_embedder
from searcher.embedding.headless import dequantised
from searcher.models import gguf_file, starter
from searcher.models.gguf_file import Blob, Encoded
from searcher.settings import Settings

# one 512-bit dot-product instruction a cycle: 64 multiplications and additions of bytes
_INT8_OPERATIONS_A_CYCLE = 128
_IN_THE_WAY = """What stands in the way:
block scales multiplied in floating point after every 32 weights, attention and activations in floating point,
and quantised rows unpacked again for every micro-batch."""
_PLAIN = (512, 256)  # as fast as any plain loop
_LAYER_WEIGHTS = 28 * (1024 * 4096 + 2048 * 1024 + 3 * 1024 * 3072)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--formats", default="Q8_0,Q4_0,Q4_K_M,F16,BF16")
    arguments.add_argument("--data", type=Path)
    arguments.add_argument("--repeat", type=int, default=2)
    arguments.add_argument("--texts", type=int, default=10)
    given = arguments.parse_args()
    formats = given.formats.split(",")
    result = {"speed": speed(formats, given.texts, given.repeat), "agreement": agreement(formats, given.data)}
    report.save("weights", result)


def speed(formats: list[str], number: int, repeat: int) -> dict[str, Any]:
    home, threads = scratch_home("weights"), machine.threads()
    ours, plain = {}, {}
    for format in formats:
        path = shaped_model(format)
        embedder = open_embedder(home, Settings(model=str(path)), role="index")
        ours[format] = embedder.embed_full
        plain[_plain(format)] = contenders.plain_loop(path, "last", *_PLAIN, threads)
    if "Q8_0" in formats and llama.has_bf16():
        settings = Settings(model=str(shaped_model("Q8_0")), weights="bf16")
        ours["Q8_0, weights = bf16"] = open_embedder(home, settings, role="index").embed_full
    rows = partial(embedder.tokenizer.rows, kind="document", task="documents")
    torch = {
        f"PyTorch {dtype}": contenders.torch_qwen3(Qwen3Shape(), dtype, threads, rows)
        for dtype in ("bfloat16", "float32")
    }
    runs = {name: run for name, run in {**ours, **plain, **torch}.items() if run}
    texts = texts_of(embedder.count_tokens, number)
    tokens = sum(embedder.count_tokens(texts))
    for run in runs.values():
        run(texts[:1])
    speeds = {name: rate for name, (rate, _) in in_turns(runs, texts, tokens, repeat).items()}
    peak = _int8_peak()
    table = []
    for name in ours:
        beside = [speeds.get(other) for other in (_plain(name), *torch)]
        ratios = [f"{speeds[name] / other:.2f}" if other else "" for other in beside]
        share = speeds[name] * 2 * _LAYER_WEIGHTS / peak
        table.append([name, f"{speeds[name]:.0f}", *ratios, f"{share:.0%}"])
    columns = ["format", "tokens/s", "x plain loop", *(f"x {name}" for name in torch), "of the int8 peak"]
    report.table(f"searcher on Qwen3-Embedding-0.6B's shape, {tokens} tokens", columns, table)
    if "PyTorch bfloat16" in speeds:
        best = max(speeds[name] for name in ours) / speeds["PyTorch bfloat16"]
        print(f"best format over PyTorch bfloat16: {best:.2f} ({report.verdict(best, 1.0)})")
    print(f"int8 peak taken as {peak / 1e9:.0f} billion operations a second. {_IN_THE_WAY}")
    return {"tokens_per_second": speeds, "int8_peak": peak}


def _plain(format: str) -> str:
    return f"{format.partition(',')[0]}, plain loop {_PLAIN[0]}/{_PLAIN[1]}"


def agreement(formats: list[str], data: Path | None) -> dict[str, Any]:
    home = scratch_home("weights")
    source = starter.build(home)
    exact = open_embedder(home, Settings(model=str(_rewritten(source, "F32"))), role="index")
    texts = texts_of(exact.count_tokens, 60)
    expected = exact.embed_full(texts)
    nearest = _nearest(expected)
    rows, found = [], {}
    for format in [name for name in formats if FORMATS[name] in (0, 1, 2, 8, 30)]:
        path = _rewritten(source, format)
        vectors = open_embedder(home, Settings(model=str(path)), role="index").embed_full(texts)
        cosine = float((vectors * expected).sum(1).mean())
        same = float(np.mean([len(a & b) / 10 for a, b in zip(_nearest(vectors), nearest, strict=True)]))
        score = _ndcg(data, path) if data else None
        found[format] = {"cosine": cosine, "same_of_top_10": same, "ndcg@10": score}
        rows.append([format, f"{cosine:.5f}", f"{same:.3f}", "" if score is None else f"{score:.4f}"])
    columns = ["format", "cosine with F32", "same of top 10", "nDCG@10"]
    report.table("Starter, its layers in each format", columns, rows)
    print("Its weights are Q4_0 at their source, so that what Q4_0 costs other models does not show here.")
    return found


def _rewritten(source: Path, format: str) -> Path:
    """The starter with its matrices in another format (the word embedding stays as it is)."""
    path = SCRATCH / f"multilingual-e5-small-{format}.gguf"
    if path.exists():
        return path
    head = gguf_file.read(source)
    raw = np.memmap(source, np.uint8, "r")
    kind = FORMATS[format]

    def matrix(tensor: gguf_file.Tensor) -> bytes:
        blocks = raw[tensor.start : tensor.start + (tensor.size or 0)].reshape(tensor.shape[1], -1)
        rows = dequantised(np.ascontiguousarray(blocks), tensor.type)
        return quantize(rows, GGMLQuantizationType(kind)).tobytes()

    def copied(tensor: gguf_file.Tensor) -> bytes:
        return raw[tensor.start : tensor.start + (tensor.size or 0)].tobytes()

    blobs = [
        Blob(t.name, t.shape, kind, partial(matrix, t))
        if t.name.startswith("blk.") and len(t.shape) == 2
        else Blob(t.name, t.shape, t.type, partial(copied, t))
        for t in head.tensors.values()
    ]
    values = {key: Encoded(raw[start:end].tobytes()) for key, (start, end) in head.spans.items()}
    gguf_file.write(path, values, blobs)
    return path


def _nearest(vectors: np.ndarray) -> list[set[int]]:
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -2)
    return [set(row.tolist()) for row in np.argsort(-scores, axis=1)[:, :10]]


def _ndcg(data: Path, model: Path) -> float:
    from searcher.search.evaluation import evaluate

    found = evaluate(data, scratch_home(f"eval-{model.stem}"), Settings(model=str(model)), mode="meaning")
    return float(found["ndcg@10"])


def _int8_peak() -> float:
    """Operations a second: cores x clock x what one instruction does."""
    clock = psutil.cpu_freq()
    hertz = (max(clock.max, clock.current) if clock else 3000) * 1e6
    return machine.threads() * hertz * _INT8_OPERATIONS_A_CYCLE


if __name__ == "__main__":
    main()
