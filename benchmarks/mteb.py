"""The published rows of MTEB (Muennighoff et al. 2023), with any model, weight format and dimension.

    pip install -e '.[mteb]'
    python -m benchmarks.mteb --benchmark 'MTEB(eng, v2)' --model FILE.gguf --dim 1024 --dim 256

Data sets come from the Hugging Face hub, and mteb's own tasks score. Each query is asked with the
instruction that mteb has for its task; `--instructions FILE` ({"task": "instruction"}) gives those that a
model's authors publish. Vectors are kept in the home and results in `--out`, so that a run that was stopped
goes on, and another dimension costs no embedding.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import mteb
import numpy as np
from mteb._create_dataloaders import _retrieval_texts
from mteb.abstasks import AbsTaskRetrieval
from mteb.models import ModelMeta
from mteb.models.abs_encoder import AbsEncoder
from mteb.models.model_meta import ScoringFunction
from mteb.results import TaskResult
from mteb.types import PromptType

from benchmarks.report import table
from searcher.embedding import Embedder, open_embedder
from searcher.embedding.base import Kind, Vectors, cut
from searcher.home import Home
from searcher.settings import Settings
from searcher.vectors import axes

BENCHMARKS = ("MTEB(Multilingual, v2)", "MTEB(eng, v2)", "MTEB(cmn, v1)")
_AT_ONCE = 1024  # texts embedded before their vectors are written
_QUERIES = 64  # compared with the whole corpus at once

Rows = Any  # datasets.Dataset


class Metadata(Protocol):
    """What is looked at of a task."""

    name: str
    prompt: str | dict[str, str] | None


class Encoder(AbsEncoder):
    """mteb's encoder protocol for every kind of task, and its search protocol for retrieval, where all
    vectors are compared exactly. Neither imports torch."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        *,
        dim: int | None = None,
        instructions: Mapping[str, str] | None = None,
    ) -> None:
        """`instructions` by name of the task; one that is missing is asked with mteb's own."""
        self._instructions = dict(settings.instructions)
        self._published = dict(instructions or {})
        self._home = home.create()
        settings = replace(settings, instructions=self._instructions, dim=dim or settings.dim)
        self._embedder: Embedder = open_embedder(home, settings, role="index")
        model = self._embedder.model
        self._axes = axes.build(home, self._embedder) if axes.are_needed(model) else None
        self._corpus: Vectors = np.empty((0, model.dim), np.float32)
        self._ids: list[str] = []
        self.mteb_model_meta = ModelMeta.create_empty(
            {
                "name": f"searcher/{model.name}-{model.dim}",
                "revision": model.fingerprint,
                "embed_dim": model.dim,
                "max_tokens": model.max_tokens,
                "similarity_fn_name": ScoringFunction.COSINE,
                "use_instructions": True,
            }
        )

    def instruction(self, task: Metadata) -> str:
        own = task.prompt.get(PromptType.query.value) if isinstance(task.prompt, dict) else task.prompt
        return self._published.get(task.name) or own or str(AbsTaskRetrieval.abstask_prompt)

    def encode(
        self,
        inputs: Iterable[Mapping[str, Sequence[str]]],
        *,
        task_metadata: Metadata,
        prompt_type: PromptType | None = None,
        **_: Any,
    ) -> Vectors:
        """float32 (n, dim), L2-normalised. What is not a document takes the task's instruction."""
        texts = [text for batch in inputs for text in batch["text"]]
        return self._encoded(
            texts, "document" if prompt_type == PromptType.document else "query", task_metadata
        )

    def index(self, corpus: Rows, *, task_metadata: Metadata, **_: Any) -> None:
        self._ids = [str(name) for name in corpus["id"]]
        texts = list(_retrieval_texts(corpus, PromptType.document))
        self._corpus = self._encoded(texts, "document", task_metadata)

    def search(
        self,
        queries: Rows,
        *,
        task_metadata: Metadata,
        top_k: int,
        top_ranked: Mapping[str, Sequence[str]] | None = None,
        **_: Any,
    ) -> dict[str, dict[str, float]]:
        """Cosine of the `top_k` nearest documents of each query, of those in `top_ranked` where given."""
        names = [str(name) for name in queries["id"]]
        asked = self._encoded(list(_retrieval_texts(queries, PromptType.query)), "query", task_metadata)
        places = {name: place for place, name in enumerate(self._ids)} if top_ranked else {}
        found = {}
        for start in range(0, len(names), _QUERIES):
            scores = asked[start : start + _QUERIES] @ self._corpus.T
            for name, row in zip(names[start : start + _QUERIES], scores, strict=True):
                among = np.arange(len(row))
                if top_ranked:
                    among = np.array([places[each] for each in top_ranked[name]], np.int64)
                if len(among) > top_k:
                    among = among[np.argpartition(-row[among], top_k - 1)[:top_k]]
                found[name] = {self._ids[place]: float(row[place]) for place in among}
        return found

    def close(self) -> None:
        self._embedder.close()

    def _encoded(self, texts: list[str], kind: Kind, task: Metadata) -> Vectors:
        instruction = self._instructions[task.name] = self.instruction(task)
        model = self._embedder.model
        out = np.empty((len(texts), model.dim), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            what = "\x1e".join([model.fingerprint, kind, instruction * (kind == "query"), *texts[part]])
            place = (
                self._home.evaluation / f"{hashlib.blake2b(what.encode(), digest_size=16).hexdigest()}.npy"
            )
            if not place.exists():
                shortened = [self._within(text, kind, task.name) for text in texts[part]]
                place.parent.mkdir(mode=0o700, exist_ok=True)
                unfinished = place.with_suffix(".part")
                with unfinished.open("wb") as file:
                    np.save(file, self._embedder.embed_full(shortened, kind=kind, task=task.name))
                unfinished.replace(place)
            out[part] = cut(np.load(place), model.dim, self._axes)
        return out

    def _within(self, text: str, kind: Kind, task: str) -> str:
        """As much of the beginning as the model reads, beside the instruction."""
        limit = self._embedder.model.max_tokens
        if kind == "query":
            # `count_tokens` reckons with the instruction of "documents"
            self._instructions["documents"] = self._instructions[task]
        while (tokens := self._embedder.count_tokens([text], kind=kind)[0]) > limit:
            text = text[: min(len(text) - 1, len(text) * limit // tokens)]
        return text


def scored(task: Any, encoder: Encoder) -> TaskResult:
    """A task's scores on all its splits, by its own evaluator."""
    started = time.monotonic()
    scores = {split: task.evaluate(encoder, split, encode_kwargs={}) for split in task.eval_splits}
    return TaskResult.from_task_results(task, scores, evaluation_time=time.monotonic() - started)


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--benchmark", choices=BENCHMARKS, default=BENCHMARKS[1])
    arguments.add_argument("--task", action="append", help="only this task of mteb; may be repeated")
    arguments.add_argument("--model", help="a profile's name or a GGUF file [default: as the settings say]")
    arguments.add_argument("--dim", type=int, action="append", help="may be repeated [default: the model's]")
    arguments.add_argument("--instructions", type=Path)
    arguments.add_argument("--home", type=Path, help="where models and vectors are [default: the library's]")
    arguments.add_argument("--out", type=Path, default=Path("mteb-results"))
    given = arguments.parse_args()
    home = Home.locate(given.home)
    settings = Settings.load(home.create())
    settings = replace(settings, model=given.model) if given.model else settings
    published = json.loads(given.instructions.read_text("utf-8")) if given.instructions else {}
    named = mteb.get_tasks(tasks=given.task) if given.task else mteb.get_benchmark(given.benchmark).tasks
    rows = []
    for dim in given.dim or [None]:
        encoder = Encoder(home, settings, dim=dim, instructions=published)
        folder = given.out / encoder.mteb_model_meta.name.replace("/", "__")
        folder.mkdir(parents=True, exist_ok=True)
        points = []
        for task in (task for task in named if task.metadata.type == "Retrieval"):
            place = folder / f"{task.metadata.name}.json"
            try:
                if not place.exists():
                    scored(task, encoder).to_disk(place)
            except ConnectionError as error:
                raise SystemExit(f"the data of {task.metadata.name} cannot be fetched: {error}") from error
            points.append(100 * TaskResult.from_disk(place).get_score())
            rows.append([task.metadata.name, str(encoder.mteb_model_meta.embed_dim), f"{points[-1]:.2f}"])
        rows.append(["mean of the tasks", str(encoder.mteb_model_meta.embed_dim), f"{np.mean(points):.2f}"])
        encoder.close()
    table("main score of each task, retrieval", ["task", "dimension", "score"], rows)


if __name__ == "__main__":
    main()
