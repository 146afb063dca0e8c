"""A second embedding model, known by its name for the length of a test."""

from collections.abc import Iterator

import pytest

from ingestion.embeddings import registry
from retrieval.generations import forget_active_generation
from tests.retrieval.generations import Reversed


@pytest.fixture
def other_model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reversed]:
    model = Reversed()
    monkeypatch.setitem(registry._loaded, model.name, model)  # noqa: SLF001
    forget_active_generation()
    yield model
    forget_active_generation()
