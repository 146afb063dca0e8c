"""Any endpoint that speaks OpenAI's embeddings interface: OpenAI, Ollama, vLLM, TEI."""

from collections.abc import Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Any

import httpx
import numpy as np
from django.conf import settings

from ingestion.embeddings.provider import (
    EmbedderRefused,
    EmbedderUnavailable,
    Vectors,
    digest_of,
    unit,
)

BATCH = 64
TIMEOUT = httpx.Timeout(60, connect=5)


class OpenAiCompatible:
    """A remote model. Its digest can only tell its address and name, not its weights."""

    # No interface tells it; every model in use today takes more than the chunker makes.
    max_tokens = 512

    def __init__(self, model: str) -> None:
        self.name = f"openai:{model}"
        self._model = model
        self._url = settings.OPENAI_BASE_URL.rstrip("/")
        headers = {}
        if settings.OPENAI_API_KEY:
            headers["Authorization"] = f"Bearer {settings.OPENAI_API_KEY}"
        self._client = httpx.Client(headers=headers, timeout=TIMEOUT)

    @cached_property
    def dimensions(self) -> int:
        return int(self._request(["dimensions"]).shape[1])

    @cached_property
    def digest(self) -> str:
        return digest_of(
            [("model", self.name), ("url", self._url), ("dimensions", str(self.dimensions))]
        )

    def embed_query(self, text: str) -> Vectors:
        return unit(self._request([text])[0])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        batches = [
            self._request(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)
        ]
        if not batches:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return unit(np.concatenate(batches))

    def _request(self, texts: Sequence[str]) -> Vectors:
        body = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        try:
            answer = self._client.post(f"{self._url}/embeddings", json=body)
        except httpx.HTTPError as error:
            raise EmbedderUnavailable(f"{self.name} does not answer: {error!r}.") from error
        status = answer.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EmbedderUnavailable(f"{self.name} answered {status}.")
        if status != HTTPStatus.OK:
            raise EmbedderRefused(f"{self.name} refused with status {status}.")
        return _vectors(answer, len(texts), self.name)


def _vectors(answer: httpx.Response, count: int, name: str) -> Vectors:
    """The vectors in the order of the texts. Raises EmbedderRefused."""
    try:
        data: list[dict[str, Any]] = sorted(answer.json()["data"], key=lambda item: item["index"])
        vectors = np.array([item["embedding"] for item in data], dtype=np.float32)
    except (ValueError, KeyError, TypeError) as error:
        raise EmbedderRefused(f"{name} did not answer with embeddings.") from error
    if vectors.shape != (count, vectors.size // max(count, 1)) or not np.isfinite(vectors).all():
        raise EmbedderRefused(f"{name} answered with {len(vectors)} embeddings for {count} texts.")
    return vectors
