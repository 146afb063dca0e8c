"""Turns a version's bytes into text and chunks, and chunks into vectors; each step idempotent."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ingestion import chunking
from ingestion.chunks import ChunkOfVersion, chunks_of
from ingestion.documents import stream_of
from ingestion.embeddings.provider import Embedder, EmbedderRefused, Vectors
from ingestion.embeddings.registry import embedder
from ingestion.embeddings.vectors import (
    Vector,
    as_bytes,
    hold_vectors,
    missing_vectors,
    store_vectors,
    stored_vectors,
)
from ingestion.events import (
    ChunksEmbedded,
    DocumentFailed,
    DocumentIndexed,
    DocumentProcessed,
    DocumentRetried,
    DocumentSubmitted,
    Program,
)
from ingestion.extraction import sandbox
from ingestion.extraction.extracted import Extracted, ExtractionFailed, Page
from ingestion.media_types import UnsupportedMediaType
from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import read_listing, store_listing
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.sealed import Sealer, reveal_bytes, reveal_json, reveal_text
from provenance.eventstore.store import append, decides_again, read_event, stream_version
from provenance.projections.work import RetryLater
from provenance.sealing.keys import KeyDestroyed, key_for

EXTRACT, EMBED = "extract", "embed"
# Some half second of the bundled model: a lease is renewed, and a crash repeats, this much. On a
# machine that is ten times overloaded a slice still ends well within a lease.
SLICE = 16

Renew = Callable[[], None]


def process_version(*, cause_event_id: UUID, renew: Renew = lambda: None) -> None:
    """Extracts and cuts the version that was handed in, or tried again, by the cause."""
    if _is_answered(cause_event_id, DocumentProcessed, DocumentFailed):
        return
    cause = _event(cause_event_id)
    submitted = _submitted(cause)
    try:
        extracted = _extracted(submitted, renew)
        spans = _spans(extracted, submitted.data.media_type, renew)
        _record_processed(cause, submitted, extracted, spans)
    except KeyDestroyed:
        _record_erased(cause_event_id, EXTRACT)
    except (ExtractionFailed, UnsupportedMediaType) as failure:
        code = getattr(failure, "reason_code", "unsupported")
        record_failure(
            cause_event_id=cause_event_id, stage=EXTRACT, reason_code=code, reason=str(failure)
        )


def embed_version(*, cause_event_id: UUID, renew: Renew = lambda: None) -> None:
    """Embeds the chunks of the processing that is the cause; then the version is known."""
    if _is_answered(cause_event_id, DocumentIndexed, DocumentFailed):
        return
    processed: Recorded[DocumentProcessed] = _event(cause_event_id)
    text = reveal_text(processed, "text")
    if text is None:
        _record_erased(cause_event_id, EMBED)
        return
    chunks = chunks_of(
        version_id=processed.data.version_id,
        processing_id=processed.data.processing_id,
        text=text,
        spans=read_listing(processed.data.spans),
        pages=read_listing(processed.data.pages),
    )
    model = embedder(settings.EMBEDDING_MODEL)
    try:
        hashes = vector_hashes(model, chunks, renew, document_id=processed.data.document_id)
        _record_embedded(processed, model, [[c.text_hash, hashes[c.text_hash]] for c in chunks])
    except KeyDestroyed:
        _record_erased(cause_event_id, EMBED)
    except EmbedderRefused as refusal:
        record_failure(
            cause_event_id=cause_event_id,
            stage=EMBED,
            reason_code="embedder",
            reason=str(refusal),
        )


def vector_hashes(
    model: Embedder,
    chunks: list[ChunkOfVersion],
    renew: Renew = lambda: None,
    *,
    document_id: UUID,
) -> dict[str, str]:
    """The keyed hash of each chunk text's vector; what is not stored yet is embedded and stored.

    Raises KeyDestroyed if the document is erased meanwhile.
    """
    texts = {chunk.text_hash: chunk.text for chunk in chunks}
    vectors: dict[str, Vectors] = stored_vectors(model.digest, texts)
    # Like lengths together: padding costs as much as words.
    missing = sorted(texts.keys() - vectors.keys(), key=lambda each: (len(texts[each]), each))
    for start in range(0, len(missing), SLICE):
        part = missing[start : start + SLICE]
        embedded = model.embed_passages([texts[text_hash] for text_hash in part])
        _store(document_id, model.digest, dict(zip(part, embedded, strict=True)))
        renew()
    # Read back: another worker may have been first, and what is stored is what counts.
    vectors |= stored_vectors(model.digest, missing)
    return {
        text_hash: keyed_hash(as_bytes(vector), purpose="vector")
        for text_hash, vector in vectors.items()
    }


@transaction.atomic
def _store(document_id: UUID, model_digest: str, vectors: dict[str, Vector]) -> None:
    """Nothing is stored of a document whose key is gone: nobody would take it away again."""
    key_for("document", document_id)
    store_vectors(model_digest, vectors)


@decides_again
@transaction.atomic
def record_failure(*, cause_event_id: UUID, stage: str, reason_code: str, reason: str) -> None:
    """Records that the work which the cause asked for cannot be done. The reason quotes nothing."""
    cause = _event(cause_event_id)
    data = DocumentFailed(
        document_id=cause.data.document_id,
        version_id=cause.data.version_id,
        stage=stage,
        reason_code=reason_code,
        reason=reason,
    )
    _append_derived(cause, [data])


def _extracted(submitted: Recorded[DocumentSubmitted], renew: Renew) -> Extracted:
    """Raises ExtractionFailed."""
    handed_in = reveal_json(submitted, "extracted")
    if handed_in is not None and submitted.data.extractor is not None:
        return Extracted(
            text=handed_in["text"],
            pages=tuple(Page(*page) for page in handed_in["pages"]),
            extractor_name=submitted.data.extractor.name,
            extractor_version=submitted.data.extractor.version,
        )
    content = reveal_bytes(submitted, "content")
    if content is None:
        raise ExtractionFailed("erased", "The document was erased before it was processed.")
    return sandbox.extract(
        content,
        media_type=submitted.data.media_type,
        seconds=settings.EXTRACTION_SECONDS,
        memory_bytes=settings.EXTRACTION_MEMORY_BYTES,
        while_waiting=renew,
    )


def _spans(extracted: Extracted, media_type: str, renew: Renew) -> list[chunking.Span]:
    spans: list[chunking.Span] = []
    for section in chunking.spans_by_section(extracted.text, media_type=media_type):
        spans += section
        renew()
    if not spans:
        raise ExtractionFailed("no_text", "The document holds no text that could be searched.")
    return spans


@decides_again
@transaction.atomic
def _record_processed(
    cause: Recorded[Any],
    submitted: Recorded[DocumentSubmitted],
    extracted: Extracted,
    spans: list[chunking.Span],
) -> None:
    document_id = submitted.data.document_id
    event_id = derived_id(cause.event_id, name_of(DocumentProcessed))
    sealer = Sealer(event_id=event_id, key=key_for("document", document_id))
    data = DocumentProcessed(
        document_id=document_id,
        version_id=submitted.data.version_id,
        processing_id=derived_id(cause.event_id, "processing"),
        extractor=Program(name=extracted.extractor_name, version=extracted.extractor_version),
        chunker=Program(name=chunking.NAME, version=chunking.VERSION),
        text=sealer.text("text", extracted.text),
        text_keyed_hash=keyed_hash(extracted.text, purpose="text"),
        characters=len(extracted.text),
        title=None if extracted.title is None else sealer.text("title", extracted.title),
        language=submitted.data.language or extracted.language,
        warnings=list(extracted.warnings),
        pages=store_listing([[p.number, p.start, p.end] for p in extracted.pages]),
        spans=store_listing([list(span) for span in spans]),
    )
    _append_derived(cause, [data])


@decides_again
@transaction.atomic
def _record_embedded(
    processed: Recorded[DocumentProcessed], model: Embedder, hashes: list[list[str]]
) -> None:
    """Raises KeyDestroyed, and RetryLater if a vector was erased since it was found."""
    key_for("document", processed.data.document_id)
    hold_vectors()
    if missing_vectors(model.digest, {text_hash for text_hash, _ in hashes}):
        raise RetryLater("A vector went with another document that was erased; it is made anew.")
    version: dict[str, UUID] = {
        "document_id": processed.data.document_id,
        "version_id": processed.data.version_id,
        "processing_id": processed.data.processing_id,
    }
    embedded = ChunksEmbedded(
        **version,
        embedding_model=model.name,
        model_digest=model.digest,
        dimensions=model.dimensions,
        chunks=store_listing(hashes),
    )
    indexed = DocumentIndexed(**version, model_digest=model.digest)
    _append_derived(processed, [embedded, indexed])


def _record_erased(cause_event_id: UUID, stage: str) -> None:
    record_failure(
        cause_event_id=cause_event_id,
        stage=stage,
        reason_code="erased",
        reason="The document was erased before it was processed.",
    )


def _append_derived(cause: Recorded[Any], facts: list[EventData]) -> None:
    """Ids derive from the cause, so that a second worker's result is recognised as the same."""
    stream = stream_of(cause.data.document_id)
    events = [
        NewEvent(
            data=data,
            stream=stream,
            event_id=derived_id(cause.event_id, name_of(type(data))),
            actor=SYSTEM,
            correlation_id=cause.correlation_id,
            causation_id=cause.event_id,
        )
        for data in facts
    ]
    append(events, expected={stream: stream_version(stream)})


def _is_answered(cause_event_id: UUID, *answers: type[EventData]) -> bool:
    return any(
        read_event(derived_id(cause_event_id, name_of(answer))) is not None for answer in answers
    )


def _event(event_id: UUID) -> Recorded[Any]:
    event = read_event(event_id)
    if event is None:
        raise LookupError(f"Event {event_id} is not in the log.")
    return event


def _submitted(cause: Recorded[Any]) -> Recorded[DocumentSubmitted]:
    """The event that handed in the version which the cause is about."""
    if isinstance(cause.data, DocumentRetried):
        return _event(derived_id(cause.data.version_id, name_of(DocumentSubmitted)))
    return cause
