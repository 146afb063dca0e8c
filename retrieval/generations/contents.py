"""What the rows of a generation are, and what the log and the stored vectors say they should be.

Both are read version by version in the order in which versions came to be known, so that neither
is ever in memory as a whole. The root is the SHA-256 over the SHA-256 of every row: chunk id,
version id, collection and a zero byte, vector (float32, little-endian), terms and weights as
pgvector sends a sparse vector. Rows of a version are ordered by chunk id.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from ingestion.chunks import chunks_of
from ingestion.documents import stream_of
from ingestion.embeddings.vectors import as_bytes, stored_vectors
from ingestion.events import (
    ChunksEmbedded,
    DocumentIndexed,
    DocumentProcessed,
    DocumentRecut,
    DocumentReread,
    DocumentSubmitted,
)
from provenance.eventstore import store
from provenance.eventstore.driver import driver_cursor
from provenance.eventstore.event_types import EventData
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from retrieval.errors import NotAsRecorded
from retrieval.lexical import passage_terms
from retrieval.passages import Recipe

BATCH_POSITIONS = 200
PROCESSINGS: tuple[type[EventData], ...] = (DocumentProcessed, DocumentReread, DocumentRecut)
ROWS = """
    SELECT v.chunk_id, v.version_id, v.collection, vector_send(v.embedding),
           sparsevec_send(t.weights), t.terms, v.live = t.live AND v.version_id = t.version_id
    FROM {side}_vector AS v FULL JOIN {side}_terms AS t
        ON t.generation = v.generation AND t.chunk_id = v.chunk_id
    WHERE v.generation = %(generation)s AND v.version_id = ANY(%(versions)s)
"""


@dataclass(frozen=True)
class Row:
    """One passage in a generation; `whole` is False where vector and terms do not fit together."""

    chunk_id: UUID
    version_id: UUID
    collection: str
    vector: bytes
    weights: bytes
    whole: bool = True

    def digest(self) -> bytes:
        named = self.chunk_id.bytes + self.version_id.bytes + self.collection.encode() + b"\0"
        return hashlib.sha256(named + self.vector + self.weights).digest()


@dataclass(frozen=True)
class Known:
    """A version that came to be known at a position, with the events that say what it holds."""

    indexed: Recorded[DocumentIndexed]
    submitted: Recorded[DocumentSubmitted]
    processed: Recorded[DocumentProcessed]
    embedded: Recorded[ChunksEmbedded] | None
    reread: Recorded[DocumentReread] | None = None
    recut: Recorded[DocumentRecut] | None = None

    @property
    def version_id(self) -> UUID:
        return self.indexed.data.version_id

    @property
    def read_from(self) -> list[Recorded[Any]]:
        """The events that `recorded_rows` reads."""
        told = (self.processed, self.reread, self.recut, self.embedded)
        return [event for event in told if event is not None]

    @property
    def text(self) -> Recorded[DocumentProcessed] | Recorded[DocumentReread]:
        """What holds the text."""
        return self.processed if self.reread is None else self.reread

    @property
    def cut(self) -> DocumentProcessed | DocumentReread | DocumentRecut:
        """What says where the passages are."""
        return self.text.data if self.recut is None else self.recut.data

    def __str__(self) -> str:
        number = self.submitted.data.version_number
        return f"version {number} of document {self.indexed.data.document_id} ({self.version_id})"


def known_versions(recipe: Recipe, *, until: int) -> Iterator[list[Known]]:
    """The versions in the order in which they came to be known, batch by batch."""
    for after in range(-1, until, BATCH_POSITIONS):
        end = min(after + BATCH_POSITIONS, until)
        indexed = store.read_positions(after=after, until=end, types=["DocumentIndexed"])
        yield _with_events(indexed, recipe) if indexed else []


def _with_events(indexed: Sequence[Recorded[DocumentIndexed]], recipe: Recipe) -> list[Known]:
    streams = sorted({stream_of(event.data.document_id) for event in indexed})
    submitted: dict[UUID, Any] = {}
    embedded: dict[UUID, Any] = {}
    # By the processing that each is: ids tell them apart.
    processings: dict[type[EventData], dict[UUID, Any]] = {each: {} for each in PROCESSINGS}
    wanted = recipe.model_digest, recipe.chunker, recipe.reading
    types: list[type[EventData]] = [DocumentSubmitted, ChunksEmbedded, *PROCESSINGS]
    for event in store.read_streams(streams, types=types):
        data = event.data
        if isinstance(data, DocumentSubmitted):
            submitted[data.version_id] = event
        elif not isinstance(data, ChunksEmbedded):
            processings[type(data)][data.processing_id] = event
        elif (data.model_digest, data.chunker, data.reading) == wanted:
            # The last one counts: lost vectors are made anew.
            embedded[data.version_id] = event
    return [
        _known(event, submitted[event.data.version_id], embedded, processings) for event in indexed
    ]


def _known(
    indexed: Recorded[DocumentIndexed],
    submitted: Recorded[DocumentSubmitted],
    embedded: Mapping[UUID, Any],
    processings: Mapping[type[EventData], Mapping[UUID, Any]],
) -> Known:
    """What was embedded says which processing the version is in the generation."""
    fact = embedded.get(indexed.data.version_id)
    id_ = indexed.data.processing_id if fact is None else fact.data.processing_id
    recut = processings[DocumentRecut].get(id_)
    text_id = id_ if recut is None else recut.data.cut_from
    return Known(
        indexed,
        submitted,
        processings[DocumentProcessed][indexed.data.processing_id],
        fact,
        processings[DocumentReread].get(text_id),
        recut,
    )


def recorded_rows(known: Known, model_digest: str) -> list[Row] | None:
    """The rows that a version should have, from its events and the stored vectors.

    None if it was erased. Raises NotAsRecorded.
    """
    text = reveal_text(known.text, "text")
    return None if text is None else _rows(known, text, model_digest)


def _rows(known: Known, text: str, model_digest: str) -> list[Row]:
    if known.embedded is None:
        raise NotAsRecorded(f"{known} is not embedded under the generation's model.")
    data = known.processed.data
    chunks = chunks_of(
        version_id=data.version_id,
        processing_id=known.cut.processing_id,
        text=text,
        spans=read_listing(known.cut.spans),
        pages=read_listing(known.text.data.pages),
    )
    listed = dict(read_listing(known.embedded.data.chunks))
    vectors = stored_vectors(model_digest, listed)
    rows = []
    for chunk in chunks:
        vector = vectors.get(chunk.text_hash)
        if vector is None:
            raise NotAsRecorded(f"The vector of passage {chunk.chunk_id} of {known} is not stored.")
        stored = as_bytes(vector)
        if keyed_hash(stored, purpose="vector") != listed.get(chunk.text_hash):
            raise NotAsRecorded(
                f"The stored vector of passage {chunk.chunk_id} of {known} is not the recorded one."
            )
        weights = passage_terms(chunk.text).sparse_bytes
        collection = known.submitted.data.collection
        rows.append(Row(chunk.chunk_id, data.version_id, collection, stored, weights))
    return sorted(rows, key=lambda row: row.chunk_id)


def index_rows(
    generation: int, versions: Iterable[UUID], *, loading: bool = False
) -> dict[UUID, list[Row]]:
    """The rows that the versions have in the generation, ordered by chunk id."""
    wanted = list(versions)
    found: dict[UUID, list[Row]] = {version_id: [] for version_id in wanted}
    side = "retrieval_loading" if loading else "retrieval"
    with driver_cursor() as cursor:
        cursor.execute(
            ROWS.format(side=side), {"generation": generation, "versions": wanted}, binary=True
        )
        for chunk_id, version_id, collection, vector, weights, terms, whole in cursor:
            row = Row(
                chunk_id,
                version_id,
                collection,
                np.frombuffer(vector[4:], dtype=np.dtype(">f4")).astype("<f4").tobytes(),
                weights or b"",
                bool(whole) and _terms_in(weights) == terms,
            )
            found[version_id].append(row)
    return {
        version_id: sorted(rows, key=lambda row: row.chunk_id) for version_id, rows in found.items()
    }


def _terms_in(weights: bytes) -> list[int]:
    count = struct.unpack(">i", weights[4:8])[0]
    places = np.frombuffer(weights, dtype=np.dtype(">i4"), count=count, offset=12)
    return [int(place) + 1 for place in places]
