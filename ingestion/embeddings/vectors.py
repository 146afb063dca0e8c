"""The store of vectors: one for each distinct text and model, shared by all versions."""

from collections.abc import Iterable, Mapping

import numpy as np
from django.db import connection
from numpy.typing import NDArray

# Little-endian on every machine: the bytes are hashed into the log.
STORED = np.dtype("<f4")

Vector = NDArray[np.float32]


def stored_vectors(model_digest: str, text_hashes: Iterable[str]) -> dict[str, Vector]:
    """The vectors that are stored, by keyed text hash."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text_hash, vector FROM ingestion_vector"
            " WHERE model_digest = %s AND text_hash = ANY(%s)",
            [model_digest, sorted(set(text_hashes))],
        )
        return {text_hash: as_vector(stored) for text_hash, stored in cursor.fetchall()}


def store_vectors(model_digest: str, vectors: Mapping[str, Vector]) -> None:
    """Stores each vector under its keyed text hash; one that is there already stays as it is."""
    hashes = sorted(vectors)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ingestion_vector (model_digest, text_hash, vector)"
            " SELECT %s, * FROM unnest(%s::text[], %s::bytea[]) ON CONFLICT DO NOTHING",
            [model_digest, hashes, [as_bytes(vectors[text_hash]) for text_hash in hashes]],
        )


def as_bytes(vector: Vector) -> bytes:
    return vector.astype(STORED).tobytes()


def as_vector(stored: bytes | memoryview) -> Vector:
    return np.frombuffer(stored, dtype=STORED).astype(np.float32)
