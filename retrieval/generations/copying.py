"""Copies rows of a generation into a pair of tables, in the binary format.

Writing numbers as text takes longer than all the rest.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from ingestion.embeddings.vectors import Vector
from provenance.eventstore.driver import driver_cursor
from retrieval.lexical import passage_terms
from retrieval.passages import Passage

HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
END = struct.pack(">h", -1)

# A passage of a version, its collection, and whether the version is live.
Row = tuple[UUID, str, bool, Passage]


@dataclass(frozen=True)
class Pair:
    """The names of a table of vectors and of one of terms, trusted."""

    vector: str
    terms: str


def copy_rows(
    pair: Pair, generation: int, rows: Sequence[Row], vectors: Mapping[str, Vector]
) -> None:
    """`vectors` are by the hash of their text."""
    _copy(
        f"{pair.vector} (generation, version_id, collection, live, chunk_id, embedding)",
        [
            _binary_row(*_shared(generation, row), binary_vector(vectors[row[3].text_hash]))
            for row in rows
        ],
    )
    found = (passage_terms(row[3].text) for row in rows)
    _copy(
        f"{pair.terms} (generation, version_id, collection, live, chunk_id, terms, weights)",
        [
            _binary_row(*_shared(generation, row), each.terms_bytes, each.sparse_bytes)
            for row, each in zip(rows, found, strict=True)
        ],
    )


def binary_vector(vector: Vector) -> bytes:
    """As pgvector sends and receives a vector: its length, a spare number, big-endian floats."""
    return struct.pack(">hh", len(vector), 0) + vector.astype(np.dtype(">f4")).tobytes()


def _copy(target: str, rows: Sequence[bytes]) -> None:
    with (
        driver_cursor() as cursor,
        cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(HEADER)
        for row in rows:
            copy.write(row)
        copy.write(END)


def _shared(generation: int, row: Row) -> tuple[bytes, ...]:
    version_id, collection, live, passage = row
    return (
        struct.pack(">i", generation),
        version_id.bytes,
        collection.encode(),
        struct.pack(">?", live),
        passage.chunk_id.bytes,
    )


def _binary_row(*fields: bytes) -> bytes:
    return struct.pack(">h", len(fields)) + b"".join(
        struct.pack(">i", len(field)) + field for field in fields
    )
