"""What an embedder lets go of while nothing is to do, and takes again."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentencepiece import SentencePieceProcessor

from searcher.embedding import headless, open_embedder, pieces
from searcher.embedding.llama import Weights
from searcher.embedding.unigram import Unigram
from searcher.home import Home
from searcher.models import fingerprints, gguf_file
from searcher.settings import Settings

TEXTS = ["the mill by the river", "was kostet die Miete?", "泵的维护"]


RESTING = """
import json, sys
from pathlib import Path
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.settings import Settings
from searcher.system import give_memory_back

def anonymous():
    give_memory_back()
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) >> 10

embedder = open_embedder(Home(Path(sys.argv[1])), Settings(), role="index")
embedder.embed_full(["one", "two words"])
awake = anonymous()
embedder.rest(deep=True)
print(json.dumps([awake, anonymous()]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_deep_rest_lets_go_of_the_model(home: Home) -> None:
    told = subprocess.check_output([sys.executable, "-c", RESTING, str(home.root)], text=True, timeout=120)
    awake, rested = json.loads(told.splitlines()[-1])  # MB
    assert rested < awake - 8


def test_after_a_deep_rest_the_next_call_has_the_model_again(home: Home) -> None:
    embedder = open_embedder(home, Settings(), role="index")
    first = embedder.embed_full(TEXTS)
    embedder.rest(deep=True)
    with ThreadPoolExecutor(3) as threads:
        counts = list(threads.map(lambda text: embedder.count_tokens([text])[0], TEXTS))
    assert counts == embedder.count_tokens(TEXTS)
    assert np.array_equal(embedder.embed_full(TEXTS), first)
    embedder.rest(deep=True)
    embedder.close()


def test_an_encoder_without_its_vocabulary_gives_the_same_vectors(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = open_embedder(home, Settings(), role="index")
    vectors = [layers.embed_full(TEXTS), layers.embed_full(TEXTS, kind="query")]
    layers.close()
    assert list(home.models.glob("*.layers.gguf"))
    monkeypatch.setattr(headless, "possible", lambda head: False)
    whole = open_embedder(home, Settings(), role="index")
    expected = [whole.embed_full(TEXTS), whole.embed_full(TEXTS, kind="query")]
    whole.close()
    assert np.array_equal(vectors, expected)


@pytest.mark.parametrize("much", [False, True])
def test_text_is_cut_as_llama_cpp_does(
    home: Home, starter: Path, sample: Path, much: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_MUCH", 1 if much else 10**9)
    monkeypatch.setattr(pieces, "_open", {})
    head, digest = gguf_file.read(starter), fingerprints.file_hash(home, starter)
    vocabulary = pieces.opened(home, head, digest)
    assert vocabulary is not None and pieces.opened(home, head, digest) is vocabulary
    oracle = Weights(starter, vocab_only=True)
    texts = [path.read_text("utf-8") for path in sample.rglob("*") if path.suffix in (".md", ".txt", ".py")]
    odd = [
        "",
        " two  spaces\t",
        "<s> </s>",
        "\0\1",
        "👩‍👩‍👧 ﬁ ½",
        "ทดสอบ",
        "한국어",
        "\ud83d",
        "a" * 3000,
        "漢" * 600,
    ]
    for text in [*TEXTS, *texts, *odd]:
        for special in (True, False):
            assert np.array_equal(
                vocabulary.tokenize(text, special=special), oracle.tokenize(text, special=special)
            ), text
    assert isinstance(vocabulary._cutting, Unigram) != much
    assert (vocabulary.eos, vocabulary.adds_eos) == (oracle.eos, oracle.adds_eos)
    oracle.close()


@pytest.fixture(scope="module")
def cutters(starter: Path) -> tuple[Unigram, SentencePieceProcessor]:
    """The two that cut text into the starter's words: a little of it, and much."""
    (path,) = starter.parent.glob("*.unigram")
    return Unigram(path), SentencePieceProcessor(model_file=str(path.with_suffix(".sentencepiece")))


@given(st.lists(st.one_of(st.text(), st.text(alphabet="aent io,.1▁ä漢のй")), min_size=20, max_size=20))
@settings(max_examples=60)
def test_any_text_is_cut_as_sentencepiece_does(
    cutters: tuple[Unigram, SentencePieceProcessor], texts: list[str]
) -> None:
    little, much = cutters
    texts = [text.encode("utf-8", "replace").decode() for text in texts]
    assert [little.encode(text) for text in texts] == much.encode(texts)


def test_damaged_files_of_words_are_made_anew(bare_home: Home, starter: Path) -> None:
    head = gguf_file.read(starter)
    much = bare_home.model(f"{starter.stem}-0123456789ab.sentencepiece")
    little = much.with_suffix(".unigram")
    for damaged in (b"no model", b"PK\5\6" + bytes(18)):
        much.write_bytes(damaged)
        little.write_bytes(damaged)
        vocabulary = pieces.opened(bare_home, head, "0123456789ab")
        assert vocabulary is not None and len(vocabulary.tokenize("the mill")) == 4
        assert {file.stat().st_mode & 0o777 for file in (much, little)} == {0o600}
        assert much.stat().st_size > little.stat().st_size > 1_000_000
        # what much text wants is looked at when there is much
        much.write_bytes(damaged)
        long = "the mill by the river " * 10_000
        assert len(vocabulary.tokenize(long)) == 50_002
        assert isinstance(vocabulary._cutting, Unigram) and not much.exists()
        del vocabulary
    vocabulary = pieces.opened(bare_home, head, "0123456789ab")
    assert vocabulary is not None and len(vocabulary.tokenize(long)) == 50_002
    assert not isinstance(vocabulary._cutting, Unigram)
