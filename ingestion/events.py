"""The events of documents: from handed in and processed to withdrawn and quarantined."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, Payload, event_type, upcasts
from provenance.eventstore.listings import Listing
from provenance.sealing.box import Box


class Program(EventData):
    """A program that made something, such as an extractor, with its version."""

    name: str
    version: str


@event_type("DocumentSubmitted", version=1)
class DocumentSubmitted(EventData):
    """A version of a document was handed in; `content` seals its exact bytes.

    `described` seals JSON: external_id, title, source_uri, source_version, file_name, metadata,
    content_sha256. `extracted` seals JSON of text and pages that came with it; `extractor` names
    the program that the sender says made them. The keyed hashes recognise equal input. Times are
    RFC 3339 in UTC.
    """

    document_id: UUID
    version_id: UUID
    version_number: int
    collection: str
    media_type: str
    bytes: int
    content: Box
    content_keyed_hash: str
    source_version_keyed_hash: str | None = None
    described: Box
    extracted: Box | None = None
    extracted_keyed_hash: str | None = None
    extractor: Program | None = None
    language: str | None = None
    effective_from: str | None = None
    effective_until: str | None = None


@event_type("DocumentDescribed", version=1)
class DocumentDescribed(EventData):
    """The current version was described anew, without new bytes; this replaces what was said."""

    document_id: UUID
    version_id: UUID
    described: Box
    source_version_keyed_hash: str | None = None
    language: str | None = None
    effective_from: str | None = None
    effective_until: str | None = None


@event_type("DocumentProcessed", version=1)
class DocumentProcessed(EventData):
    """The text of a version was extracted and cut.

    `pages` lists [number, start, end], `spans` lists [start, end] of each chunk, in code points.
    """

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    extractor: Program
    chunker: Program
    text: Box
    text_keyed_hash: str
    characters: int
    title: Box | None = None
    language: str | None = None
    warnings: list[str]
    pages: Listing
    spans: Listing


@event_type("DocumentRecut", version=1)
class DocumentRecut(EventData):
    """The text of a processing was cut anew by another chunker, as a processing of its own.

    The text, its pages and when the version became known stay as they are. `cut_from` is the
    processing that the text is of, `spans` lists [start, end] of each chunk, in code points.
    """

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    cut_from: UUID
    chunker: Program
    spans: Listing


@event_type("DocumentReread", version=1)
class DocumentReread(EventData):
    """The bytes of a version were read anew by other parsers, and another text came out.

    It is a processing of its own beside `read_before`, the one that the version became known by;
    that one stays as it is. `reading` is the label of the parsers, `extractor` the one of them that
    read it. `pages` and `spans` are as of DocumentProcessed, in code points of this text.
    """

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    read_before: UUID
    reading: str
    extractor: Program
    chunker: Program
    text: Box
    text_keyed_hash: str
    characters: int
    warnings: list[str]
    pages: Listing
    spans: Listing


@event_type("DocumentTextKept", version=1)
class DocumentTextKept(EventData):
    """A version was read anew by other parsers and keeps the text of its processing.

    The same came out again; or nothing did, and then `reason_code` and `reason` say why without
    quoting the document.
    """

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    reading: str
    extractor: Program
    reason_code: str | None = None
    reason: str | None = None


@event_type("ChunksEmbedded", version=3)
class ChunksEmbedded(EventData):
    """Every chunk of a processing has its vector.

    `chunks` lists [keyed hash of the text, keyed hash of the vector] in the order of the spans.
    `chunker` is the name/version of what cut it anew, empty where it is as it was processed.
    `reading` is the label of the parsers that generations want it read by, empty where they take
    it as it was processed; `processing_id` says whether that brought another text.
    """

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    embedding_model: str
    model_digest: str
    dimensions: int
    chunks: Listing
    chunker: str
    reading: str


@upcasts(ChunksEmbedded, from_version=1)
def add_chunker(payload: Payload) -> Payload:
    """Version 1 was written when nothing was ever cut anew."""
    return {**payload, "chunker": ""}


@upcasts(ChunksEmbedded, from_version=2)
def add_reading(payload: Payload) -> Payload:
    """Version 2 was written when nothing was ever read anew."""
    return {**payload, "reading": ""}


@event_type("DocumentIndexed", version=1)
class DocumentIndexed(EventData):
    """From here on the version is known: searches find it."""

    document_id: UUID
    version_id: UUID
    processing_id: UUID
    model_digest: str


@event_type("DocumentFailed", version=1)
class DocumentFailed(EventData):
    """A version could not be processed; `reason` tells a person why and never quotes it."""

    document_id: UUID
    version_id: UUID
    stage: str
    reason_code: str
    reason: str


@event_type("DocumentRetried", version=1)
class DocumentRetried(EventData):
    """A version that had failed is tried again."""

    document_id: UUID
    version_id: UUID


@event_type("DocumentWithdrawn", version=1)
class DocumentWithdrawn(EventData):
    """All versions handed in until here end: at `effective_from`, or altogether."""

    document_id: UUID
    reason: Box
    effective_from: str | None = None


@event_type("DocumentQuarantined", version=1)
class DocumentQuarantined(EventData):
    """A version is not to be found from here on, until it is released; it still replaces others."""

    document_id: UUID
    version_id: UUID
    reason: Box


@event_type("DocumentReleased", version=1)
class DocumentReleased(EventData):
    """A version left its quarantine: it is found again where it counts."""

    document_id: UUID
    version_id: UUID
    reason: Box
