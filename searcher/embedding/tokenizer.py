"""A text as the tokens one model reads: wrapped in its prompt, closed with its end token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from searcher.embedding.llama import Tokens
from searcher.embedding.recent import Recent
from searcher.errors import ModelBroken
from searcher.models.profiles import Profile

_REMEMBERED_TEXTS = 4096


class Vocabulary(Protocol):
    """What cuts a text into tokens: llama.cpp with a model file, or SentencePiece."""

    path: Path
    eos: int
    adds_eos: bool

    def tokenize(self, text: str, *, special: bool = True, parse: bool = False) -> Tokens: ...
    def close(self) -> None: ...


class Tokenizer:
    """Safe to share between threads. What was counted lately is not tokenised again."""

    def __init__(self, vocabulary: Vocabulary, profile: Profile, instructions: Mapping[str, str]) -> None:
        self._vocabulary = vocabulary
        self._profile = profile
        self._instructions = instructions
        self._end = _end_token(vocabulary, profile)
        self._rows: Recent[str, Tokens] = Recent(_REMEMBERED_TEXTS)

    def rows(self, texts: Sequence[str], kind: str, task: str) -> list[Tokens]:
        return [self.row(self.wrapped(text, kind, task)) for text in texts]

    def wrapped(self, text: str, kind: str, task: str) -> str:
        return self._profile.wrap(text, kind, task, self._instructions)

    def row(self, wrapped: str) -> Tokens:
        """Token ids of a text that already has its prompt; read-only, because they are shared."""
        row = self._rows.get(wrapped)
        if row is not None:
            return row
        tokens = self._closed(self._vocabulary.tokenize(wrapped))
        tokens.flags.writeable = False
        self._rows.put(wrapped, tokens)
        return tokens

    def _closed(self, tokens: Tokens) -> Tokens:
        """Older conversions add no end token, and some add another one (ggml-org/llama.cpp #14234)."""
        if self._end is None or (len(tokens) and tokens[-1] == self._end):
            return tokens
        if len(tokens) and self._vocabulary.adds_eos and tokens[-1] == self._vocabulary.eos:
            tokens = tokens[:-1]
        return np.append(tokens, np.int32(self._end))


def _end_token(vocabulary: Vocabulary, profile: Profile) -> int | None:
    if not profile.end_token:
        return None
    if profile.end_token == "eos":
        return vocabulary.eos
    tokens = vocabulary.tokenize(profile.end_token, special=False, parse=True)
    if len(tokens) != 1:
        raise ModelBroken(
            f"{vocabulary.path} has no token {profile.end_token}, so it is not {profile.title}; "
            "fetch the model again"
        )
    return int(tokens[0])
