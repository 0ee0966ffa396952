"""A second stage that reads query and passage together and says how likely the passage answers.

Qwen3-Reranker is asked for "yes" or "no" in its official chat prompt; a cross-encoder with rank pooling gives
its score directly. Off by default: on a CPU a passage costs about as long as embedding it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from searcher.embedding import cards, headless, machine
from searcher.embedding.cards import Device
from searcher.embedding.context import Context, Shape
from searcher.embedding.llama import Tokens, Weights
from searcher.errors import ModelBroken, ModelNotFound
from searcher.home import Home
from searcher.models import fingerprints, gguf_file, hub
from searcher.models.gguf_file import Gguf
from searcher.models.profiles import INSTRUCTIONS, RERANKERS
from searcher.settings import Settings

# Qwen3-Reranker model card
BEFORE = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the "
    'Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
)
AFTER = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"

_ROOM = 2048  # tokens of prompt, query and passage together


class Reranker:
    """Scores passages one after the other, so that it can stop at any of them."""

    def __init__(self, home: Home, settings: Settings, path: Path, name: str) -> None:
        """Raises ModelBroken for a file that is no reranker."""
        self.name = name
        self._instructions = settings.instructions
        head = gguf_file.read(path)
        device = cards.device_for(head, path, settings.gpu_layers)
        threads = settings.threads or machine.threads()
        self._judge = (
            _ChatJudge(home, head, device, threads) if _speaks(head) else _PairJudge(head, device, threads)
        )
        self._seconds_a_token = 0.0

    def score(
        self, query: str, texts: Sequence[str], task: str = "auto", deadline: float | None = None
    ) -> list[float | None]:
        """Probability in [0, 1] that each text answers the query, in the order given.

        None for the texts that `deadline` (of time.monotonic) leaves no time for, and for one too long for
        the model's room; nothing is cut. Raises EmbeddingFailed.
        """
        instruction = self._instructions.get(task) or INSTRUCTIONS.get(task) or INSTRUCTIONS["auto"]
        scores: list[float | None] = [None] * len(texts)
        for number, text in enumerate(texts):
            row = self._judge.row(query, text, instruction)
            started = time.monotonic()
            if deadline is not None and started + self._seconds_a_token * len(row) >= deadline:
                break
            if len(row) > _ROOM:
                continue
            scores[number] = self._judge.probability(row)
            spent = (time.monotonic() - started) / len(row)
            self._seconds_a_token = max(spent, 0.7 * self._seconds_a_token)
        return scores

    def close(self) -> None:
        self._judge.close()


class _ChatJudge:
    """Probability of "yes" against "no" as the next token of Qwen3-Reranker's chat prompt."""

    def __init__(self, home: Home, head: Gguf, device: Device, threads: int) -> None:
        derived = None
        if headless.possible(head):
            derived = headless.build(home, head, fingerprints.file_hash(home, head.path))
        self._weights, _ = cards.loaded(derived or head.path, device)
        self._vocabulary = Weights(head.path, vocab_only=True) if derived else self._weights
        self._whole = derived is None
        self._before = self._vocabulary.tokenize(BEFORE, special=False, parse=True)
        self._after = self._vocabulary.tokenize(AFTER, special=False, parse=True)
        answers = [self._vocabulary.tokenize(word, special=False) for word in ("yes", "no")]
        if any(len(answer) != 1 for answer in answers):
            raise ModelBroken(f"{head.path} has no tokens for yes and no; choose a Qwen3-Reranker")
        self._answers = np.concatenate(answers)
        output = "output.weight" if "output.weight" in head.tensors else "token_embd.weight"
        self._answer_rows = headless.EmbeddingRows(head, output)(self._answers)
        self._context = Context(
            self._weights,
            Shape(sequences=1, batch=_ROOM, micro=512),
            pooling=None,
            threads=threads,
            lookup=None if self._whole else headless.EmbeddingRows(head),
        )

    def row(self, query: str, text: str, instruction: str) -> Tokens:
        # a passage that spells a control token must not speak as one: it is split as plain text
        words = f"<Instruct>: {instruction}\n<Query>: {query}\n<Document>: {text}"
        return np.concatenate([self._before, self._vocabulary.tokenize(words, special=False), self._after])

    def probability(self, row: Tokens) -> float:
        """The prompt and the query, which all passages share, are computed once."""
        out = self._context.continued(row)[0]
        yes, no = out[self._answers] if self._whole else self._answer_rows @ out
        return _sigmoid(float(yes - no))

    def close(self) -> None:
        for part in (self._context, self._weights, self._vocabulary):
            part.close()


class _PairJudge:
    """A cross-encoder with rank pooling: <s> query </s> </s> passage </s>."""

    def __init__(self, head: Gguf, device: Device, threads: int) -> None:
        ranks = head.of_architecture("pooling_type") == 4
        if not ranks or not any(name.startswith("cls") for name in head.tensors):
            raise ModelBroken(f"{head.path} is no reranker; choose one of {', '.join(RERANKERS)}")
        self._weights, _ = cards.loaded(head.path, device)
        room = min(_ROOM, int(head.of_architecture("context_length") or 512))
        shape = Shape(sequences=1, batch=room, micro=room)
        self._context = Context(self._weights, shape, pooling="rank", threads=threads)
        self._room = room

    def row(self, query: str, text: str, instruction: str) -> Tokens:
        pair = np.concatenate([self._weights.tokenize(query), self._weights.tokenize(text)])
        second = len(self._weights.tokenize(query))
        if pair[second] == self._weights.bos:
            pair[second] = self._weights.sep
        return pair if len(pair) <= self._room else np.zeros(_ROOM + 1, np.int32)

    def probability(self, row: Tokens) -> float:
        return _sigmoid(float(self._context.compute([row])[0, 0]))

    def close(self) -> None:
        self._context.close()
        self._weights.close()


def open_reranker(home: Home, settings: Settings) -> Reranker | None:
    """The reranker the settings name, or None when they name none.

    Raises ModelNotFound, ModelBroken, DownloadFailed, EmbeddingFailed.
    """
    name = settings.reranker
    if not name:
        return None
    profile = RERANKERS.get(name.lower())
    if profile is None:
        path = Path(name).expanduser().absolute()
        if not path.is_file():
            raise ModelNotFound(
                f"no reranker {name!r}: neither a GGUF file nor one of {', '.join(RERANKERS)}"
            )
        return Reranker(home, settings, path, path.stem)
    local = hub.local(home, profile)
    if local is None:
        if not settings.hub:
            raise ModelNotFound(
                f"{profile.name} is not on this machine; run `searcher models fetch {profile.name}`"
            )
        local = hub.fetch(home, profile.name)
    return Reranker(home, settings, local, profile.name)


def _speaks(head: Gguf) -> bool:
    """Whether the file is a decoder that can be asked for yes or no."""
    return head.architecture == "qwen3"


def _sigmoid(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))
