"""Embedding models tell what the audit needs, and the same text gives the same vector."""

import json
from importlib.util import find_spec

import httpx
import numpy as np
import pytest

from ingestion.embeddings import openai_compatible, vectors
from ingestion.embeddings.bedrock import BedrockTitan
from ingestion.embeddings.openai_compatible import OpenAiCompatible
from ingestion.embeddings.provider import (
    Embedder,
    EmbedderRefused,
    EmbedderUnavailable,
    UnknownEmbeddingModel,
)
from ingestion.embeddings.registry import embedder

TEXTS = [
    "The waiting period for dental prostheses is eight months.",
    "Cats sleep for most of the day.",
    "",
    "Waiting times before dentures are covered. " * 12,
]


@pytest.fixture(params=["minilm", "hash-test"])
def model(request: pytest.FixtureRequest) -> Embedder:
    return embedder(request.param)


def test_vectors_have_length_one_and_do_not_depend_on_the_batch(model: Embedder) -> None:
    found = model.embed_passages(TEXTS)
    assert found.shape == (len(TEXTS), model.dimensions)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, found, strict=True):
        assert np.array_equal(model.embed_query(text), vector)


def test_a_model_is_named_by_a_digest(model: Embedder) -> None:
    assert len(bytes.fromhex(model.digest)) == 32
    assert embedder(model.name) is model


def test_the_bundled_model_knows_meaning() -> None:
    query = embedder("minilm").embed_query("How long until my teeth are insured?")
    scores = embedder("minilm").embed_passages(TEXTS) @ query
    assert scores[0] > scores[1] + 0.2


@pytest.mark.parametrize("name", ["nothing", "openai:", "fastembed"])
def test_an_unknown_model_is_refused_with_the_known_names(name: str) -> None:
    with pytest.raises(UnknownEmbeddingModel, match="hash-test"):
        embedder(name)


@pytest.mark.django_db
def test_a_stored_vector_stays_as_it_was_first() -> None:
    first, second = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    vectors.store_vectors("d", {"a": first})
    vectors.store_vectors("d", {"a": second, "b": second})
    found = vectors.stored_vectors("d", ["a", "b", "c"])
    assert {name: vector.tolist() for name, vector in found.items()} == {"a": [1, 0], "b": [0, 1]}


class Endpoint:
    """The far side of the network."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[int] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        texts = json.loads(request.content)["input"]
        self.asked.append(len(texts))
        data = [{"index": n, "embedding": [len(t), 3.0, 4.0]} for n, t in enumerate(texts)]
        return httpx.Response(self.status, json={"data": data[::-1]})


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    far = Endpoint()
    plain = httpx.Client
    monkeypatch.setattr(
        httpx,
        "Client",
        lambda **options: plain(transport=httpx.MockTransport(far.answer), **options),
    )
    return far


def test_a_remote_model_keeps_the_order_of_its_texts(endpoint: Endpoint) -> None:
    model = OpenAiCompatible("any")
    found = model.embed_passages(["x" * n for n in range(1, 71)])
    assert model.dimensions == 3
    assert np.all(np.diff(found[:, 0]) > 0)
    assert max(endpoint.asked) <= openai_compatible.BATCH


@pytest.mark.parametrize(
    ("status", "error"),
    [(503, EmbedderUnavailable), (429, EmbedderUnavailable), (401, EmbedderRefused)],
)
def test_a_remote_failure_says_whether_retrying_helps(
    endpoint: Endpoint, status: int, error: type[Exception]
) -> None:
    endpoint.status = status
    with pytest.raises(error):
        OpenAiCompatible("any").embed_query("x")


@pytest.mark.skipif(find_spec("boto3") is not None, reason="the extra is installed")
def test_bedrock_without_its_extra_says_what_to_install() -> None:
    with pytest.raises(EmbedderRefused, match="ragledger\\[bedrock\\]"):
        BedrockTitan("amazon.titan-embed-text-v2:0")
