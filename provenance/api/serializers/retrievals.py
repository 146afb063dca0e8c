"""Retrievals: served here, or reported from an application's own store."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, WithJsonSchema

from provenance.api.fields import (
    CollectionName,
    Id,
    Instant,
    InstantOrDate,
    Metadata,
    PositionOrInstant,
    Query,
    Rank,
    Score,
    ShortLine,
    at_most_bytes,
)
from provenance.api.serializers.context import Context, SequenceNumber
from provenance.api.serializers.shape import Answer, Input

Mode = Literal["hybrid", "vector", "text"]
MAX_COLLECTIONS = 100
MAX_REPORTED_RESULTS = 1000


class RetrievalIn(Input):
    """A question to the index; the answer is recorded before it leaves."""

    query: Query
    top_k: Annotated[int, Field(ge=1, le=100)] = 5
    mode: Mode = "hybrid"
    collections: (
        Annotated[list[CollectionName], Field(min_length=1, max_length=MAX_COLLECTIONS)] | None
    ) = None
    filter: Annotated[Metadata, Field(description="equality on metadata")] | None = None
    exact: bool = False
    as_of: PositionOrInstant | None = None
    effective_at: (
        Annotated[
            InstantOrDate,
            Field(
                description="RFC 3339 with an offset, or a date: midnight in the time zone of the"
                " collections searched, refused where they lie in several; now if absent"
            ),
        ]
        | None
    ) = None
    context: Context | None = None
    sequence_number: SequenceNumber | None = None
    correlation_id: Id | None = None
    retrieval_id: Id | None = None


class Retriever(Input):
    """The application's own store."""

    name: ShortLine
    version: ShortLine


class ReportedResult(Input):
    """A passage that the application's own store returned, and what it knows about its origin."""

    text: Annotated[str, at_most_bytes("MAX_OUTPUT_BYTES")]
    rank: Rank | None = None
    score: Score | None = None
    chunk_id: ShortLine | None = None
    version_id: Id | None = None
    collection: CollectionName | None = None
    external_id: ShortLine | None = None
    source_version: ShortLine | None = None
    metadata: Metadata | None = None


class ReportedRetrievalIn(Input):
    """What an application's own store returned for a query."""

    query: Query
    retriever: Retriever
    results: Annotated[list[ReportedResult], Field(max_length=MAX_REPORTED_RESULTS)]
    occurred_at: Instant | None = None
    context: Context | None = None
    sequence_number: SequenceNumber | None = None
    correlation_id: Id | None = None
    retrieval_id: Id | None = None


class ReceiptOut(Answer):
    """Enough to rebuild what the system knew and to run the query again."""

    event_id: UUID
    index_generation: int
    index_position: int
    effective_at: datetime
    embedding_model: str
    model_digest: str
    search_fingerprint: str
    search: Literal["hnsw", "exact", "lexical"]
    as_of: int | None


class ResultOut(Answer):
    """A passage: `text` is the version's text from `char_start` to `char_end`, in code points.

    Which text, where the version was read anew by other parsers, says `reading`.
    """

    rank: int
    score: float
    chunk_id: UUID
    text: str
    document_id: UUID
    external_id: str | None
    title: str | None
    source_uri: str | None
    version_id: UUID
    version_number: int
    content_sha256: str
    char_start: int
    char_end: int
    page: int | None
    reading: str | None
    metadata: dict[str, Any]


class RetrievalOut(Answer):
    """The passages with their receipt."""

    retrieval_id: UUID
    correlation_id: UUID | None
    receipt: ReceiptOut
    results: list[ResultOut]


class ResolvedResult(Answer):
    """Which known version a reported passage comes from, and how that was found out."""

    rank: int
    version_id: UUID | None
    resolution: Literal["id", "source_version", "content", "unresolved"]


class ReportedRetrievalOut(Answer):
    """The reported passages, as far as they could be resolved."""

    retrieval_id: UUID
    correlation_id: Annotated[UUID | None, WithJsonSchema({"type": ["string", "null"]})]
    results: list[ResolvedResult]
