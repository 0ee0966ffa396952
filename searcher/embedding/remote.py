"""An endpoint in place of the local model: OpenAI's /v1/embeddings, as llama-server and others speak it."""

from __future__ import annotations

import hashlib
import re
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np

from searcher.embedding import endpoints
from searcher.embedding.base import Kind, ModelInfo, Vectors
from searcher.embedding.endpoints import REQUESTS_AN_ENDPOINT, Endpoints
from searcher.embedding.recent import Recent
from searcher.errors import EmbeddingFailed, SettingsError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.models.profiles import Profile, of_name
from searcher.models.resolve import scan_dim
from searcher.settings import Settings

_TEXTS_A_REQUEST = 16
_ATTEMPTS = 4  # and one for each further endpoint
_TIMEOUT_SECONDS = 180.0
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_PROBE = "The quick brown fox jumps over the lazy dog; das Gleiche gilt für 東京."
_SAME_MODEL = 0.99  # cosine of the probe's vectors: servers differ in rounding, not in more


class RemoteEmbedder:
    """Sends batches to one or several endpoints; an endpoint never has more than two requests open."""

    def __init__(self, home: Home, settings: Settings) -> None:
        """Asks an endpoint for one vector. Raises SettingsError for a bad address, EmbeddingFailed."""
        self.note = ""
        urls = [_address(part.strip()) for part in settings.embed_url.split(",") if part.strip()]
        # connections are kept open; a proxy of the environment is used as by every other program
        self._client = httpx.Client(
            timeout=_TIMEOUT_SECONDS,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
            headers={"User-Agent": "searcher"}
            | ({"Authorization": f"Bearer {settings.embed_key}"} if settings.embed_key else {}),
        )
        weakref.finalize(self, self._client.close)
        self._endpoints = Endpoints(urls)
        self.width = len(urls) * REQUESTS_AN_ENDPOINT
        self._pool = ThreadPoolExecutor(self.width, "embed")
        self._reference: Vectors | None = None  # what each endpoint is to give for the probe
        self._same: set[str] = set()  # endpoints that gave it
        self._recent: Recent[str, Vectors] = Recent(512)
        self._instructions = settings.instructions
        self._model = settings.model
        reply = self._post({"input": [_PROBE], **({"model": self._model} if self._model else {})})
        self._model = self._model or str(reply.get("model") or "remote")
        probe = self._reference = _normalised(_vectors(reply, 1))[0]
        self._profile = of_name(self._model, len(probe))
        self._info = ModelInfo(
            name=self._model,
            path=", ".join(urls),
            fingerprint=_fingerprint(home, self._model, probe, self._profile),
            dim=scan_dim(self._profile, settings.dim),
            native_dim=len(probe),
            max_tokens=self._profile.max_tokens,
            chunk_tokens=min(settings.chunk_tokens or self._profile.chunk_tokens, self._profile.max_tokens),
            mrl=self._profile.mrl,
        )

    @property
    def model(self) -> ModelInfo:
        return self._info

    @property
    def device(self) -> str:
        return self._info.path

    def count_tokens(self, texts: Sequence[str], *, kind: Kind = "document") -> list[int]:
        """An upper estimate: endpoints do not say how they split a text."""
        return [_estimate(self._profile.wrap(text, kind)) for text in texts]

    def embed_full(
        self, texts: Sequence[str], *, kind: Kind = "document", task: str = "documents"
    ) -> Vectors:
        """float32 (n, native_dim), L2-normalised, in the order given. Raises EmbeddingFailed."""
        wrapped = [self._profile.wrap(text, kind, task, self._instructions) for text in texts]
        if len(wrapped) == 1 and kind == "query":
            vector = self._recent.get(wrapped[0])
            if vector is None:
                vector = self._request(wrapped)
                self._recent.put(wrapped[0], vector)
            return vector.copy()
        size = min(max(-(-len(wrapped) // self.width), 1), _TEXTS_A_REQUEST)
        batches = [wrapped[i : i + size] for i in range(0, len(wrapped), size)]
        parts = list(self._pool.map(self._request, batches))
        return np.vstack(parts) if parts else np.empty((0, self._info.native_dim), np.float32)

    def rest(self, *, deep: bool = False) -> None:
        """The memory is another machine's."""

    def wake(self) -> None:
        """It is awake."""

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _request(self, texts: Sequence[str]) -> Vectors:
        vectors = _vectors(self._post({"input": list(texts), "model": self._model}), len(texts))
        if vectors.shape[1] != self._info.native_dim:
            raise EmbeddingFailed(
                f"{self._info.path} gives {vectors.shape[1]} dimensions now, {self._info.native_dim} before; "
                "serve one model from all endpoints"
            )
        return _normalised(vectors)

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        """The reply of the first endpoint that gives one; what failed is tried again at the next."""
        reason = url = ""
        patience = 0.0
        for attempt in range(_ATTEMPTS + len(self._endpoints.urls) - 1):
            url = self._endpoints.take(patience)
            pause = 0.0
            try:
                self._require_the_model(url)
                response = self._client.post(url, json=body)
                if response.status_code == 200:
                    reply = _object(response)
                    self._endpoints.give_back(url)
                    return reply
                reason = f"it answered {response.status_code}: {_said(response)}"
                if response.status_code not in _AGAIN:
                    self._endpoints.give_back(url)
                    break
                pause = _asked_pause(response)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                reason = str(error) or type(error).__name__
            except BaseException:
                self._endpoints.give_back(url)
                raise
            self._endpoints.give_back_failed(url, pause)
            patience = min(max(endpoints.PAUSE_SECONDS * 2**attempt, pause), endpoints.LONGEST_PAUSE_SECONDS)
        raise EmbeddingFailed(f"no embedding from {url}: {reason}; check SEARCHER_EMBED_URL and the server")

    def _require_the_model(self, url: str) -> None:
        """Vectors of two models in one index find nothing. Each endpoint is asked for the probe once."""
        if url in self._same:
            return
        if self._reference is not None and len(self._endpoints.urls) > 1:
            response = self._client.post(url, json={"input": [_PROBE], "model": self._model})
            if response.status_code != 200:
                return  # the request itself will say it
            vector = _normalised(_vectors(_object(response), 1))[0]
            same = len(vector) == len(self._reference)
            if not same or float(np.dot(vector, self._reference)) < _SAME_MODEL:
                raise EmbeddingFailed(
                    f"{url} gives other vectors than the other endpoints; serve one model from all of them"
                )
            self._same.add(url)


def _object(response: httpx.Response) -> dict[str, Any]:
    reply = response.json()
    if not isinstance(reply, dict):
        raise ValueError("the answer is no JSON object")
    return reply


def _address(url: str) -> str:
    """The full address of the embeddings call; people give anything from the host to the whole of it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"embed_url {url!r} is no http address; give one like http://host:8080/v1")
    path = parts.path.rstrip("/")
    if not path.endswith("/embeddings"):
        path = f"{path}/embeddings" if path.endswith("/v1") else f"{path}/v1/embeddings"
    return parts._replace(path=path).geturl()


def _vectors(reply: dict[str, Any], count: int) -> Vectors:
    try:
        rows = sorted(reply["data"], key=lambda row: row["index"])
        vectors = np.array([row["embedding"] for row in rows], np.float32)
    except (KeyError, TypeError, ValueError) as error:
        raise EmbeddingFailed("the endpoint's answer holds no embeddings; is it /v1/embeddings?") from error
    if vectors.ndim != 2 or len(vectors) != count:
        raise EmbeddingFailed(
            f"the endpoint gave {len(vectors)} vectors for {count} texts; serve it with pooling"
        )
    return vectors


def _normalised(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    if not (np.isfinite(norms).all() and norms.all()):
        raise EmbeddingFailed("the endpoint gave a vector that is no number; check the model it serves")
    return np.asarray(rows / norms)


def _fingerprint(home: Home, name: str, probe: Vectors, profile: Profile) -> str:
    """Stays the same while the endpoint answers a known text with nearly the same vector."""
    known = read_json(home.endpoints)
    known = known if isinstance(known, dict) else {}
    key = "\x1f".join((name, str(len(probe)), profile.document, profile.query))
    before = known.get(key)
    if before and float(np.dot(before["probe"], probe)) > _SAME_MODEL:
        return str(before["fingerprint"])
    fresh = hashlib.sha256(key.encode() + np.round(probe, 3).tobytes()).hexdigest()[:32]
    home.create()
    write_json(home.endpoints, {**known, key: {"fingerprint": fresh, "probe": probe.tolist()}})
    return fresh


def _estimate(text: str) -> int:
    """Words cost at most a token every three letters, other scripts about one a character."""
    other = len(re.findall(r"[^\x00-\x7f]", text))
    return (
        4 + other + len(re.findall(r"[A-Za-z]{1,3}|[0-9]|[^\sA-Za-z0-9]", re.sub(r"[^\x00-\x7f]", "", text)))
    )


def _said(response: httpx.Response) -> str:
    """The reason an endpoint gives, in one line."""
    try:
        detail = response.json().get("error", response.text)
        text = str(detail.get("message", detail)) if isinstance(detail, dict) else str(detail)
    except (ValueError, AttributeError):
        text = response.text or response.reason_phrase
    return " ".join(text.split())[:200]


def _asked_pause(response: httpx.Response) -> float:
    """Seconds of its Retry-After header; 0 where there is none or it names a date."""
    try:
        return float(response.headers.get("Retry-After", 0))
    except ValueError:
        return 0.0
