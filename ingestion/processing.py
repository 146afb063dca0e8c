"""Turns a version's bytes into text and chunks; doing it twice records it once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ingestion import chunking
from ingestion.documents import stream_of
from ingestion.events import (
    DocumentFailed,
    DocumentProcessed,
    DocumentRetried,
    DocumentSubmitted,
    Program,
)
from ingestion.extraction import sandbox
from ingestion.extraction.extracted import Extracted, ExtractionFailed, Page
from ingestion.media_types import UnsupportedMediaType
from ingestion.parsers import form_of
from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import store_listing
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.sealed import Sealer, reveal_bytes, reveal_json
from provenance.eventstore.store import append, decides_again, read_event, stream_version
from provenance.sealing.keys import KeyDestroyed, key_for

EXTRACT, EMBED = "extract", "embed"
Renew = Callable[[], None]


def process_version(*, cause_event_id: UUID, renew: Renew = lambda: None) -> None:
    """Extracts and cuts the version that was handed in, or tried again, by the cause."""
    if is_answered(cause_event_id, DocumentProcessed, DocumentFailed):
        return
    cause = recorded(cause_event_id)
    submitted = _submitted(cause)
    try:
        extracted = _extracted(submitted, renew)
        spans = spans_of(extracted, submitted.data.media_type, renew)
        _record_processed(cause, submitted, extracted, spans)
    except KeyDestroyed:
        record_erased(cause_event_id, EXTRACT)
    except (ExtractionFailed, UnsupportedMediaType) as failure:
        code = getattr(failure, "reason_code", "unsupported")
        record_failure(
            cause_event_id=cause_event_id, stage=EXTRACT, reason_code=code, reason=str(failure)
        )


@decides_again
@transaction.atomic
def record_failure(*, cause_event_id: UUID, stage: str, reason_code: str, reason: str) -> None:
    """Records that the work which the cause asked for cannot be done. The reason quotes nothing."""
    cause = recorded(cause_event_id)
    data = DocumentFailed(
        document_id=cause.data.document_id,
        version_id=cause.data.version_id,
        stage=stage,
        reason_code=reason_code,
        reason=reason,
    )
    append_derived(cause, [data])


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
    return read_bytes(content, submitted.data.media_type, renew)


def read_bytes(content: bytes, media_type: str, renew: Renew) -> Extracted:
    """What the parsers of today make of a file. Raises ExtractionFailed, UnsupportedMediaType."""
    return sandbox.extract(
        content,
        media_type=media_type,
        form=form_of(media_type),
        seconds=settings.EXTRACTION_SECONDS,
        memory_bytes=settings.EXTRACTION_MEMORY_BYTES,
        while_waiting=renew,
    )


def spans_of(extracted: Extracted, media_type: str, renew: Renew) -> list[chunking.Span]:
    """The chunks of a text as every new version is cut. Raises ExtractionFailed if it has none."""
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
        chunker=Program(name=chunking.STANDARD.name, version=chunking.STANDARD.version),
        text=sealer.text("text", extracted.text),
        text_keyed_hash=keyed_hash(extracted.text, purpose="text"),
        characters=len(extracted.text),
        title=None if extracted.title is None else sealer.text("title", extracted.title),
        language=submitted.data.language or extracted.language,
        warnings=list(extracted.warnings),
        pages=store_listing([[p.number, p.start, p.end] for p in extracted.pages]),
        spans=store_listing([list(span) for span in spans]),
    )
    append_derived(cause, [data])


def record_erased(cause_event_id: UUID, stage: str) -> None:
    record_failure(
        cause_event_id=cause_event_id,
        stage=stage,
        reason_code="erased",
        reason="The document was erased before it was processed.",
    )


def append_derived(
    cause: Recorded[Any], facts: list[EventData], names: list[str] | None = None
) -> None:
    """Ids derive from the cause, so that a second worker's result is recognised as the same."""
    stream = stream_of(cause.data.document_id)
    events = [
        NewEvent(
            data=data,
            stream=stream,
            event_id=derived_id(cause.event_id, name),
            actor=SYSTEM,
            correlation_id=cause.correlation_id,
            causation_id=cause.event_id,
        )
        for data, name in zip(facts, names or [name_of(type(each)) for each in facts], strict=True)
    ]
    append(events, expected={stream: stream_version(stream)})


def is_answered(cause_event_id: UUID, *answers: type[EventData]) -> bool:
    return any(
        read_event(derived_id(cause_event_id, name_of(answer))) is not None for answer in answers
    )


def recorded(event_id: UUID) -> Recorded[Any]:
    event = read_event(event_id)
    if event is None:
        raise LookupError(f"Event {event_id} is not in the log.")
    return event


def _submitted(cause: Recorded[Any]) -> Recorded[DocumentSubmitted]:
    """The event that handed in the version which the cause is about."""
    return submitted_of(cause.data.version_id) if isinstance(cause.data, DocumentRetried) else cause


def submitted_of(version_id: UUID) -> Recorded[DocumentSubmitted]:
    """The event that handed the version in."""
    return recorded(derived_id(version_id, name_of(DocumentSubmitted)))
