"""The events of a document: its versions handed in, read, embedded, described and withdrawn."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.listings import Listing
from provenance.sealing.box import Box


class Tool(BaseModel):
    """A program that had a part in what an event says, so that it can be told from its next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str


Stage = Literal["extract", "embed"]


@event_type("DocumentSubmitted", version=1)
class DocumentSubmitted(EventData):
    """A version of a document was handed in.

    `content` is its exact bytes, `described` a sealed JSON object of what people call it:
    external_id, title, source_uri, source_version, file_name, metadata, content_sha256.
    `extracted` is the caller's own text of it, a sealed JSON object of text and pages. The keyed
    hashes recognise equal bytes and equal source versions. Times are RFC 3339 in UTC.
    """

    document_id: UUID
    version_id: UUID
    version_number: int
    collection: str
    media_type: str
    bytes: int
    content: Box
    content_keyed_hash: str
    described: Box
    described_keyed_hash: str
    source_version_keyed_hash: str | None = None
    extracted: Box | None = None
    extractor: Tool | None = None
    language: str | None = None
    effective_from: str | None = None
    effective_until: str | None = None


@event_type("DocumentDescribed", version=1)
class DocumentDescribed(EventData):
    """The newest version was given another title, source, metadata or effective time."""

    document_id: UUID
    version_id: UUID
    described: Box
    described_keyed_hash: str
    effective_from: str | None = None
    effective_until: str | None = None


@event_type("DocumentProcessed", version=1)
class DocumentProcessed(EventData):
    """The text of a version was read and cut into chunks.

    `text` is the sealed text, `spans` lists `[start, end)` in code points of it, `pages` lists
    `[number, start, end]` and is empty where the format has no pages.
    """

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    extractor: Tool
    chunker: Tool
    text: Box
    text_keyed_hash: str
    characters: int
    pages: Listing
    spans: Listing
    language: str | None = None
    warnings: tuple[str, ...] = ()


@event_type("ChunksEmbedded", version=1)
class ChunksEmbedded(EventData):
    """Every chunk of a version has its vector: `hashes` lists [text hash, vector hash], keyed."""

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    embedding_model: str
    model_digest: str
    hashes: Listing


@event_type("DocumentIndexed", version=1)
class DocumentIndexed(EventData):
    """A version is ready to be found: it is known from this event's position on."""

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    model_digest: str


@event_type("DocumentFailed", version=1)
class DocumentFailed(EventData):
    """A version could not be processed; `reason` is said to people, `reason_code` to programs."""

    document_id: UUID
    version_id: UUID
    stage: Stage
    reason_code: str
    reason: str


@event_type("DocumentRetried", version=1)
class DocumentRetried(EventData):
    """Somebody asked to process a failed version again."""

    document_id: UUID
    version_id: UUID


@event_type("DocumentWithdrawn", version=1)
class DocumentWithdrawn(EventData):
    """Every version handed in so far ends, at `effective_from` or wholly."""

    document_id: UUID
    reason: Box
    effective_from: str | None = None
