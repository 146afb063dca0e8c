"""A second embedding model for tests, and the steps of building a generation with it."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from ingestion.embeddings import registry
from ingestion.embeddings.hash_test import HashTest
from ingestion.embeddings.provider import EmbedderUnavailable, Vectors, digest_of
from retrieval.generations.active import forget_active_generation


class Reversed(HashTest):
    """Another model: as hash-test, the places the other way round. It counts what it embeds."""

    name = "reversed"
    digest = digest_of([("model", "reversed"), ("version", "1")])

    def __init__(self) -> None:
        self.embedded: list[str] = []
        self.away = False

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._reversed([text])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.away:
            raise EmbedderUnavailable("It is away.")
        self.embedded += texts
        return self._reversed(texts)

    def _reversed(self, texts: Sequence[str]) -> Vectors:
        return np.ascontiguousarray(HashTest.embed_passages(self, texts)[:, ::-1])


@pytest.fixture
def other_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reversed]:
    """Known by its name for the length of a test."""
    model = Reversed()
    monkeypatch.setitem(registry._loaded, model.name, model)  # noqa: SLF001
    forget_active_generation()
    yield model
    forget_active_generation()
