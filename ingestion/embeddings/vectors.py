"""The store of vectors: one for each distinct text and model, shared by all versions."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from provenance.eventstore.driver import driver_cursor

# Little-endian on every machine: the bytes are hashed into the log.
STORED = np.dtype("<f4")
ERASURE_LOCK = 0x7261676C_10

Vector = NDArray[np.float32]


def hold_vectors() -> None:
    """Until the transaction ends, no vector that is there is erased."""
    with driver_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ERASURE_LOCK])


def erase_vectors(document_id: UUID, text_hashes: Iterable[str]) -> int:
    """Removes the vectors of an erased document's texts that no other passage needs.

    The caller holds the lock from `lock_vectors` on, and knows that every passage whose vectors
    were recorded is in the catalogue.
    """
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT ingestion_erase_vectors_v1(%s, %s)", [document_id, sorted(set(text_hashes))]
        )
        ((erased,),) = cursor.fetchall()
        return int(erased)


def lock_vectors() -> None:
    """Until the transaction ends, nobody records that a passage has its vector."""
    with driver_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ERASURE_LOCK])


def stored_vectors(model_digest: str, text_hashes: Iterable[str]) -> dict[str, Vector]:
    """The vectors that are stored, by keyed text hash."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT text_hash, vector FROM ingestion_vector"
            " WHERE model_digest = %s AND text_hash = ANY(%s)",
            [model_digest, sorted(set(text_hashes))],
        )
        return {text_hash: as_vector(stored) for text_hash, stored in cursor.fetchall()}


def missing_vectors(model_digest: str, text_hashes: Iterable[str]) -> int:
    """How many of the texts have no vector."""
    wanted = sorted(set(text_hashes))
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ingestion_vector WHERE model_digest = %s AND text_hash = ANY(%s)",
            [model_digest, wanted],
        )
        ((there,),) = cursor.fetchall()
        return len(wanted) - int(there)


def store_vectors(model_digest: str, vectors: Mapping[str, Vector]) -> None:
    """Stores each vector under its keyed text hash; one that is there already stays as it is."""
    hashes = sorted(vectors)
    with driver_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ingestion_vector (model_digest, text_hash, vector)"
            " SELECT %s, * FROM unnest(%s::text[], %s::bytea[]) ON CONFLICT DO NOTHING",
            [model_digest, hashes, [as_bytes(vectors[text_hash]) for text_hash in hashes]],
        )


def as_bytes(vector: Vector) -> bytes:
    return vector.astype(STORED).tobytes()


def as_vector(stored: bytes | memoryview) -> Vector:
    return np.frombuffer(stored, dtype=STORED).astype(np.float32)
