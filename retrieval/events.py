"""The events of retrievals, of the index, and of effective time that passes."""

from typing import Any
from uuid import UUID

from provenance.eventstore.event_types import EventData, Payload, event_type, upcasts
from provenance.eventstore.listings import Listing
from provenance.sealing.box import Box


class Statistics(EventData):
    """What BM25 knew: passages searched, and how many hold each term of the query, in its order."""

    chunks: int
    frequencies: list[int]


@event_type("RetrievalServed", version=2)
class RetrievalServed(EventData):
    """A question was answered from the index.

    `results` lists ranked passages, best first, each as the values of a
    `retrieval.ranking.RankedChunk`. Absent collections mean all of them. `sequence_number` is the
    application's own count of its records.
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
    sequence_number: int | None = None


@upcasts(RetrievalServed, from_version=1)
def number_no_served(payload: Payload) -> Payload:
    """Version 1 knew no numbers of the application's own."""
    return payload


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


@event_type("IndexGenerationStarted", version=2)
class IndexGenerationStarted(EventData):
    """An index for one embedding model and one configuration began to be filled."""

    generation: int
    embedding_model: str
    model_digest: str
    dimensions: int
    configuration: dict[str, Any]
    activate_when_verified: bool


@upcasts(IndexGenerationStarted, from_version=1)
def add_activate_when_verified(payload: Payload) -> Payload:
    """Version 1 was written for first generations only, which are active from their start."""
    return {**payload, "activate_when_verified": False}


@event_type("IndexGenerationPaused", version=1)
class IndexGenerationPaused(EventData):
    """Nothing more is done for a generation until it is resumed."""

    generation: int


@event_type("IndexGenerationResumed", version=1)
class IndexGenerationResumed(EventData):
    """A generation that was paused is filled further."""

    generation: int


@event_type("IndexGenerationBuilt", version=1)
class IndexGenerationBuilt(EventData):
    """A generation holds every version known at `position`.

    `root` is the SHA-256 (hex) over the rows of `chunks` passages of `versions` versions, as
    `retrieval.contents` says.
    """

    generation: int
    position: int
    versions: int
    chunks: int
    root: str


@event_type("IndexVerificationRequested", version=1)
class IndexVerificationRequested(EventData):
    """Somebody wants a generation compared with the log once more."""

    generation: int


@event_type("IndexGenerationVerified", version=1)
class IndexGenerationVerified(EventData):
    """The rows of a generation are what the log and the stored vectors say, up to `position`."""

    generation: int
    position: int
    versions: int
    chunks: int
    root: str


@event_type("IndexGenerationFailed", version=1)
class IndexGenerationFailed(EventData):
    """A generation cannot be filled, or is not what the log says; `reason` names the first cause.

    One that never was active ends with it.
    """

    generation: int
    stage: str
    reason: str


@event_type("IndexActivationRequested", version=1)
class IndexActivationRequested(EventData):
    """Somebody wants a generation activated, which somebody else has to agree to."""

    generation: int


@event_type("IndexGenerationActivated", version=1)
class IndexGenerationActivated(EventData):
    """Searches use this generation from now on."""

    generation: int


@event_type("IndexGenerationCancelled", version=1)
class IndexGenerationCancelled(EventData):
    """A generation that never was active is given up, and its rows go."""

    generation: int


@event_type("IndexGenerationDropped", version=1)
class IndexGenerationDropped(EventData):
    """The rows of a generation that was active once are gone; its vectors stay in the store."""

    generation: int


@event_type("EffectiveDatesPassed", version=1)
class EffectiveDatesPassed(EventData):
    """Time reached a date on which versions come into force or expire."""

    until: str
