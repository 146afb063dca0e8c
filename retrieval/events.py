"""The events of retrievals, of the index, and of effective time that passes."""

from typing import Any
from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.listings import Listing
from provenance.sealing.box import Box


class Statistics(EventData):
    """What BM25 knew: passages searched, and how many hold each term of the query, in its order."""

    chunks: int
    frequencies: list[int]


@event_type("RetrievalServed", version=1)
class RetrievalServed(EventData):
    """A question was answered from the index.

    `results` lists ranked passages, best first, each as the values of a
    `retrieval.ranking.RankedChunk`. Absent collections mean all of them.
    """

    retrieval_id: UUID
    query: Box
    query_vector: Box | None = None
    mode: str
    top_k: int
    collections_allowed: list[str] | None = None
    collections_searched: list[str] | None = None
    filter: Box | None = None
    exact: bool = False
    as_of: int | None = None
    effective_at: str
    index_generation: int
    index_position: int
    embedding_model: str
    model_digest: str
    search: str
    search_fingerprint: str
    statistics: Statistics | None = None
    results: Listing
    context: Box | None = None
    imported: bool = False


class RetrievedChunk(EventData):
    """A passage of the version that a retrieval returned; the score in millionths."""

    chunk_id: UUID
    rank: int
    score: int


@event_type("DocumentRetrieved", version=1)
class DocumentRetrieved(EventData):
    """A retrieval returned passages of one version of a document."""

    retrieval_id: UUID
    document_id: UUID
    version_id: UUID
    version_number: int
    chunks: list[RetrievedChunk]


@event_type("IndexGenerationStarted", version=1)
class IndexGenerationStarted(EventData):
    """An index for one embedding model and one configuration began to be filled."""

    generation: int
    embedding_model: str
    model_digest: str
    dimensions: int
    configuration: dict[str, Any]


@event_type("IndexGenerationActivated", version=1)
class IndexGenerationActivated(EventData):
    """Searches use this generation from now on."""

    generation: int


@event_type("EffectiveDatesPassed", version=1)
class EffectiveDatesPassed(EventData):
    """Time reached a date on which versions come into force or expire."""

    until: str
