"""The encoder for mteb, by mteb's own evaluator on a small task. It needs the extra `mteb`, so it is not
among the project's tests:

    python -m pytest benchmarks/test_mteb.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from datasets import Dataset
from mteb.abstasks import AbsTaskRetrieval
from mteb.abstasks.task_metadata import TaskMetadata
from mteb.models.models_protocols import EncoderProtocol, SearchProtocol
from mteb.types import PromptType

from benchmarks.mteb import Encoder, scored
from searcher.home import Home
from searcher.search.evaluation import measures
from searcher.settings import Settings
from tests.shared import build_starter

DOCUMENTS = {
    "shed": ("The bicycle shed", "It is locked, and the key hangs beside the door."),
    "bread": ("", "The sourdough rests in the fridge over night."),
    "boiler": ("Boiler", "Error E119 means that the pressure is too low; open the tap."),
    "ferry": ("", "The ferry to the island leaves at eight."),
    "tea": ("Tee", "Grüner Tee zieht zwei Minuten bei siebzig Grad."),
    "long": ("A long one", "It says the same again and again. " * 400),
}
QUERIES = {"q1": "Wo ist der Schlüssel?", "q2": "heating shows an error", "q3": "how long is tea steeped"}
JUDGED = {"q1": {"shed": 2, "bread": 1}, "q2": {"boiler": 1}, "q3": {"tea": 1, "ferry": 1}}


class Small(AbsTaskRetrieval):
    metadata = TaskMetadata(
        name="Small",
        dataset={"path": "small", "revision": "1"},
        description="A small local task.",
        type="Retrieval",
        category="t2t",
        eval_splits=["test"],
        eval_langs=["eng-Latn"],
        main_score="ndcg_at_10",
        prompt={"query": "Given a question, retrieve notes that answer it"},
    )

    def load_data(self, **_: object) -> None:
        corpus = [{"id": name, "title": title, "text": text} for name, (title, text) in DOCUMENTS.items()]
        queries = [{"id": name, "text": text} for name, text in QUERIES.items()]
        split = {
            "corpus": Dataset.from_list(corpus),
            "queries": Dataset.from_list(queries),
            "relevant_docs": JUDGED,
            "top_ranked": None,
        }
        self.dataset = {"default": {"test": split}}
        self.data_loaded = True


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root: Path = tmp_path_factory.mktemp("mteb") / "home"
    build_starter(root)
    return Home(root)


@pytest.fixture(scope="module", params=[None, 128])
def encoder(home: Home, request: pytest.FixtureRequest) -> Iterator[Encoder]:
    encoder = Encoder(home, Settings(), dim=request.param)
    yield encoder
    encoder.close()


def test_mteb_scores_a_task_as_we_do(encoder: Encoder) -> None:
    assert isinstance(encoder, EncoderProtocol) and isinstance(encoder, SearchProtocol)
    task = Small()
    result = scored(task, encoder)
    queries = task.dataset["default"]["test"]["queries"]
    ranked = encoder.search(queries, task_metadata=task.metadata, top_k=100)
    assert set(ranked) == set(QUERIES) and all(len(each) == len(DOCUMENTS) for each in ranked.values())
    ours = [
        measures(sorted(each, key=each.__getitem__, reverse=True), JUDGED[q]) for q, each in ranked.items()
    ]
    expected = sum(each["ndcg@10"] for each in ours) / len(ours)
    assert result.get_score() == pytest.approx(expected, abs=1e-5)
    assert 0.5 < expected < 1


def test_encoding_and_searching_use_the_same_vectors(encoder: Encoder) -> None:
    task = Small()
    task.load_data()
    split = task.dataset["default"]["test"]
    encoder.index(split["corpus"], task_metadata=task.metadata)
    ranked = encoder.search(split["queries"], task_metadata=task.metadata, top_k=2)
    documents = [f"{title} {text}".strip() for title, text in DOCUMENTS.values()]
    full = encoder.encode(
        [{"text": documents[:4]}, {"text": documents[4:]}],
        task_metadata=task.metadata,
        prompt_type=PromptType.document,
    )
    asked = encoder.encode(
        [{"text": list(QUERIES.values())}], task_metadata=task.metadata, prompt_type=PromptType.query
    )
    assert full.shape == (len(DOCUMENTS), encoder.mteb_model_meta.embed_dim)
    assert np.allclose(np.linalg.norm(full, axis=1), 1, atol=1e-3)
    cosines = asked @ full.T
    for row, near in zip(cosines, ranked.values(), strict=True):
        assert len(near) == 2 and sorted(near.values()) == pytest.approx(sorted(row)[-2:], abs=1e-5)
    among = {query: ["tea", "ferry"] for query in QUERIES}
    few = encoder.search(split["queries"], task_metadata=task.metadata, top_k=9, top_ranked=among)
    assert all(set(each) == {"tea", "ferry"} for each in few.values())


def test_instructions_are_those_of_the_task(home: Home) -> None:
    encoder = Encoder(home, Settings(), instructions={"Other": "Find others"})
    try:
        other = Small.metadata.model_copy(update={"name": "Other"})
        bare = Small.metadata.model_copy(update={"prompt": None})
        assert encoder.instruction(Small.metadata) == "Given a question, retrieve notes that answer it"
        assert encoder.instruction(other) == "Find others"
        assert encoder.instruction(bare) == AbsTaskRetrieval.abstask_prompt
    finally:
        encoder.close()
