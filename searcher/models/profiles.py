"""What is known of each model: where its file is, how it pools, and the words it wants around a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from searcher.errors import ModelBroken
from searcher.models import gguf_file
from searcher.models.gguf_file import Gguf

Pooling = Literal["mean", "cls", "last"]

# English also for other languages: what the model saw in training (Qwen3-Embedding model card)
INSTRUCTIONS = {
    "auto": "Given a search query, retrieve relevant passages, notes or source code that answer the query",
    "documents": "Given a web search query, retrieve relevant passages that answer the query",
    "code": "Given a question about code, retrieve the source code that answers the question",
    "question": "Given a question, retrieve passages that answer the question",
    "similar": "Retrieve text that is semantically similar to the given text",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How to use one embedding model. Templates hold {text} and, where it takes one, {task}."""

    name: str
    title: str
    repo: str = ""  # on the Hugging Face hub; empty for what is not fetched from there
    files: tuple[str, ...] = ()  # GGUF files of that repo, the preferred one first
    size_mb: int = 0
    licence: str = ""
    native_dim: int = 0
    default_dim: int = 0  # scan dimension
    mrl: bool = False
    max_tokens: int = 512
    chunk_tokens: int = 256
    pooling: Pooling = "mean"
    query: str = "{text}"
    document: str = "{text}"
    end_token: str = ""  # what the input must end with: a token's text, or "eos" for the vocabulary's own

    def wrap(
        self, text: str, kind: str, task: str = "documents", own: Mapping[str, str] | None = None
    ) -> str:
        """The exact text the model reads. `own` are a person's instructions by task."""
        if kind == "document":
            return self.document.replace("{text}", text, 1)
        instruction = (own or {}).get(task) or INSTRUCTIONS.get(task) or INSTRUCTIONS["auto"]
        before, after = self.query.split("{text}", 1)
        return before.replace("{task}", instruction) + text + after


STARTER = Profile(
    name="starter",
    title="multilingual-e5-small, 100 languages, built from an installed package",
    files=("multilingual-e5-small-Q4_0.gguf",),
    size_mb=72,
    licence="MIT",
    native_dim=384,
    default_dim=384,
    max_tokens=512,
    chunk_tokens=224,
    pooling="mean",
    query="query: {text}",
    document="passage: {text}",
)


def _qwen3(size: str, native_dim: int, size_mb: int) -> Profile:
    return Profile(
        name=f"qwen3-{size.lower()}",
        title=f"Qwen3-Embedding-{size}, 100 languages and code",
        repo=f"Qwen/Qwen3-Embedding-{size}-GGUF",
        files=(f"Qwen3-Embedding-{size}-Q8_0.gguf", f"Qwen3-Embedding-{size}-f16.gguf"),
        size_mb=size_mb,
        licence="Apache-2.0",
        native_dim=native_dim,
        default_dim=256,
        mrl=True,
        max_tokens=32768,
        chunk_tokens=448,
        pooling="last",
        query="Instruct: {task}\nQuery:{text}",
        end_token="<|endoftext|>",
    )


BEST = _qwen3("0.6B", 1024, 639)
PROFILES: dict[str, Profile] = {
    p.name: p for p in (BEST, _qwen3("4B", 2560, 4280), _qwen3("8B", 4096, 8050), STARTER)
}


def _reranker(size: str, repo: str, file: str, size_mb: int) -> Profile:
    return Profile(
        name=f"qwen3-reranker-{size.lower()}",
        title=f"Qwen3-Reranker-{size}, reads query and passage together",
        repo=repo,
        files=(file,),
        size_mb=size_mb,
        licence="Apache-2.0",
        max_tokens=32768,
    )


# Qwen publishes no GGUF of these; the repositories are llama.cpp's own and node-llama-cpp's
RERANKERS: dict[str, Profile] = {
    p.name: p
    for p in (
        _reranker("0.6B", "ggml-org/Qwen3-Reranker-0.6B-Q8_0-GGUF", "qwen3-reranker-0.6b-q8_0.gguf", 640),
        _reranker("4B", "giladgd/Qwen3-Reranker-4B-GGUF", "Qwen3-Reranker-4B.Q4_K_M.gguf", 2500),
        _reranker("8B", "giladgd/Qwen3-Reranker-8B-GGUF", "Qwen3-Reranker-8B.Q4_K_M.gguf", 4700),
    )
}

# words in a model's own name -> the words its card asks for around a text
_FAMILIES: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (("e5", "instruct"), {"query": "Instruct: {task}\nQuery: {text}"}),
    (("e5",), {"query": "query: {text}", "document": "passage: {text}"}),
    (("nomic-embed",), {"query": "search_query: {text}", "document": "search_document: {text}"}),
    (
        ("embeddinggemma",),
        {"query": "task: search result | query: {text}", "document": "title: none | text: {text}"},
    ),
    (("mxbai-embed",), {"query": "Represent this sentence for searching relevant passages: {text}"}),
    (("bge", "en"), {"query": "Represent this sentence for searching relevant passages: {text}"}),
    (("snowflake-arctic-embed",), {"query": "query: {text}"}),
)

_POOLING: dict[int, Pooling] = {1: "mean", 2: "cls", 3: "last"}
_ENCODERS = (
    "bert",
    "nomic-bert",
    "nomic-bert-moe",
    "jina-bert-v2",
    "jina-bert-v3",
    "neo-bert",
    "modern-bert",
    "eurobert",
    "t5encoder",
    "gemma-embedding",
)


def of_gguf(head: Gguf) -> Profile:
    """The profile of any GGUF, from its metadata. Raises ModelBroken for what is no embedding model."""
    path = head.path
    title = str(head.metadata.get("general.name") or path.stem)
    width = gguf_file.width(head)
    if not width:
        raise ModelBroken(f"{path} names no embedding length; give the path of a GGUF embedding model")
    words = f"{title} {path.stem}".lower().replace("_", "-").replace(" ", "-")
    profile = _of_name(words, width, head)
    if profile:
        return profile
    pooling = _POOLING.get(int(head.of_architecture("pooling_type") or 0))
    if pooling is None and head.architecture not in _ENCODERS:
        raise ModelBroken(
            f"{path} is not an embedding model (architecture {head.architecture or 'unknown'}, no pooling "
            "named); choose one with `searcher models list`"
        )
    context = int(head.of_architecture("context_length") or 512)
    family = _family(words)
    return Profile(
        name=path.stem,
        title=title,
        native_dim=width,
        default_dim=width,
        max_tokens=min(context, 32768),
        chunk_tokens=min(448, context * 7 // 16),
        pooling=pooling or "mean",
        end_token="eos" if pooling == "last" else "",
        query=family.get("query", "{text}"),
        document=family.get("document", "{text}"),
    )


def of_name(name: str, width: int) -> Profile:
    """The profile of a model known only by name and dimension, as an endpoint gives it."""
    words = name.lower().replace("_", "-")
    for profile in PROFILES.values():
        file = profile.files[0].rsplit("-", 1)[0].lower()
        if profile.native_dim == width and (words == profile.name or file in words):
            return profile
    if "qwen3-embedding" in words:
        return replace(BEST, name=name, native_dim=width, default_dim=min(BEST.default_dim, width))
    family = _family(words)
    return Profile(
        name=name,
        title=name,
        native_dim=width,
        default_dim=width,
        chunk_tokens=STARTER.chunk_tokens,
        query=family.get("query", "{text}"),
        document=family.get("document", "{text}"),
    )


def _family(words: str) -> dict[str, str]:
    return next((wrap for keys, wrap in _FAMILIES if all(key in words for key in keys)), {})


def _of_name(words: str, width: int, head: Gguf) -> Profile | None:
    context = int(head.of_architecture("context_length") or 512)
    if "qwen3-embedding" in words and head.architecture == "qwen3":
        sized = next((p for p in PROFILES.values() if p.mrl and p.native_dim == width), None)
        chosen = sized or replace(BEST, name=head.path.stem, native_dim=width, default_dim=min(256, width))
        return replace(chosen, max_tokens=min(context, chosen.max_tokens))
    if "multilingual-e5-small" in words and width == STARTER.native_dim:
        return STARTER
    return None
