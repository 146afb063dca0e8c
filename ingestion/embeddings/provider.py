"""What an embedding model is to RAGLedger: a function with the facts that the audit needs."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from provenance.projections.work import RetryLater

Vectors = NDArray[np.float32]


class EmbedderUnavailable(RetryLater):
    """The model cannot be reached now; trying again can help."""


class EmbedderRefused(Exception):
    """The model cannot embed this, or is set up wrongly; trying again cannot help."""


class UnknownEmbeddingModel(Exception):
    """No model has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is no embedding model. Known are minilm, hash-test, fastembed:NAME,"
            " openai:NAME and bedrock:NAME."
        )


class Embedder(Protocol):
    """One embedding model. Vectors have length 1; a query may be embedded unlike a passage."""

    @property
    def name(self) -> str:
        """The name by which the settings and the log call it."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over everything that decides a vector: model, tokenizer, configuration."""
        ...

    @property
    def dimensions(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """How much of a text counts; the chunker stays below."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Shape (dimensions,). Raises EmbedderUnavailable, EmbedderRefused."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions). Raises EmbedderUnavailable, EmbedderRefused."""
        ...


def digest_of(facts: Iterable[tuple[str, str]]) -> str:
    """One SHA-256 over named facts, whatever their order."""
    lines = "".join(f"{name}\t{value}\n" for name, value in sorted(facts))
    return hashlib.sha256(lines.encode()).hexdigest()


def unit(vectors: Vectors) -> Vectors:
    """The vectors with length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    lengths[lengths == 0] = 1
    return np.asarray(vectors / lengths, dtype=np.float32)
