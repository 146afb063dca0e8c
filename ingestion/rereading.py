"""The text of a version under a reading: as it was processed, or read anew by the parsers of today.

A reading is the label of the parsers that were there when a generation was started. Each version is
read by it once; where that fails, or brings the same text, the version keeps what it has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from ingestion import chunking
from ingestion.documents import stream_of
from ingestion.events import (
    ChunksEmbedded,
    DocumentProcessed,
    DocumentReread,
    DocumentSubmitted,
    DocumentTextKept,
    Program,
)
from ingestion.extraction.extracted import Extracted, ExtractionFailed
from ingestion.parsers import parsers_of_today
from ingestion.processing import read_bytes, spans_of, submitted_of
from provenance.eventstore.event_types import name_of
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import read_listing, store_listing
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.sealed import Sealer, reveal_bytes
from provenance.eventstore.store import (
    append,
    decides_again,
    read_event,
    read_stream,
    stream_version,
)
from provenance.sealing.keys import KeyDestroyed, key_for

# A busy machine is no fault of the document: what took too long is tried so many times.
TRIES = 2

Renew = Callable[[], None]
# An event that holds a text of a version, with its pages and spans.
TextEvent = Recorded[DocumentProcessed] | Recorded[DocumentReread]


class ParsersAreOthers(Exception):
    """The parsers here are not those that a generation wants: cancel it and start another one."""

    def __init__(self, reading: str) -> None:
        super().__init__(f"The parsers of this worker are not {reading}, which is wanted.")


@dataclass(frozen=True)
class Anew:
    """What the parsers of today made of a file."""

    extracted: Extracted
    spans: list[chunking.Span]


def text_under(
    reading: str, processed: Recorded[DocumentProcessed], renew: Renew = lambda: None
) -> TextEvent:
    """The event that holds the text which the version has under the reading; recorded if new.

    Raises KeyDestroyed, ParsersAreOthers.
    """
    if not reading:
        return processed
    told = _told(reading, processed)
    if told is not None:
        return told
    today = parsers_of_today()
    if today.label != reading:
        if _stands_under(reading, processed):
            return processed
        raise ParsersAreOthers(reading)
    submitted = submitted_of(processed.data.version_id)
    wanted = today.read_with(submitted.data.media_type)
    read_by = processed.data.extractor
    if wanted is None or wanted == (read_by.name, read_by.version):
        return processed
    if submitted.data.extracted is not None:
        # The text was handed in: no parser of ours ever read it.
        return processed
    return _record(
        reading, processed, Program(name=wanted[0], version=wanted[1]), _read(submitted, renew)
    )


def _told(reading: str, processed: Recorded[DocumentProcessed]) -> TextEvent | None:
    """What the log says already; None if it says nothing."""
    anew = read_event(_id(DocumentReread, reading, processed))
    if anew is not None:
        return anew
    kept = read_event(_id(DocumentTextKept, reading, processed))
    return None if kept is None else processed


def _stands_under(reading: str, processed: Recorded[DocumentProcessed]) -> bool:
    """True if a generation has the version so: it needed no reading when it was embedded for it."""
    events = read_stream(stream_of(processed.data.document_id), types=[ChunksEmbedded])
    return any(
        (event.data.version_id, event.data.reading) == (processed.data.version_id, reading)
        for event in events
    )


def _read(submitted: Recorded[DocumentSubmitted], renew: Renew) -> Anew | ExtractionFailed:
    """Raises KeyDestroyed."""
    content = reveal_bytes(submitted, "content")
    if content is None:
        raise KeyDestroyed("The document was erased before it was read anew.")
    media_type = submitted.data.media_type
    for attempt in range(TRIES):
        try:
            extracted = read_bytes(content, media_type, renew)
            return Anew(extracted, spans_of(extracted, media_type, renew))
        except ExtractionFailed as failure:
            if failure.reason_code != "timeout" or attempt == TRIES - 1:
                return failure
    raise AssertionError("Every attempt returns.")


@decides_again
@transaction.atomic
def _record(
    reading: str,
    processed: Recorded[DocumentProcessed],
    extractor: Program,
    found: Anew | ExtractionFailed,
) -> TextEvent:
    """What another worker recorded first is what counts. Raises KeyDestroyed."""
    stream = stream_of(processed.data.document_id)
    head = stream_version(stream)
    told = _told(reading, processed)
    if told is not None:
        return told
    key_for("document", processed.data.document_id)
    if isinstance(found, ExtractionFailed) or _is_same(found, processed):
        fact: Any = _kept(reading, processed, extractor, found)
    else:
        fact = _reread(reading, processed, extractor, found)
    new = NewEvent(
        data=fact,
        stream=stream,
        event_id=_id(type(fact), reading, processed),
        actor=SYSTEM,
        correlation_id=processed.correlation_id,
        causation_id=processed.event_id,
    )
    (event,) = append([new], expected={stream: head})
    return event if isinstance(fact, DocumentReread) else processed


def _is_same(found: Anew, processed: Recorded[DocumentProcessed]) -> bool:
    return keyed_hash(
        found.extracted.text, purpose="text"
    ) == processed.data.text_keyed_hash and _pages(found) == read_listing(processed.data.pages)


def _kept(
    reading: str,
    processed: Recorded[DocumentProcessed],
    extractor: Program,
    found: Anew | ExtractionFailed,
) -> DocumentTextKept:
    failure = found if isinstance(found, ExtractionFailed) else None
    return DocumentTextKept(
        document_id=processed.data.document_id,
        version_id=processed.data.version_id,
        processing_id=processed.data.processing_id,
        reading=reading,
        extractor=extractor,
        reason_code=failure and failure.reason_code,
        reason=failure and failure.message,
    )


def _reread(
    reading: str, processed: Recorded[DocumentProcessed], extractor: Program, found: Anew
) -> DocumentReread:
    document_id, text = processed.data.document_id, found.extracted.text
    sealer = Sealer(
        event_id=_id(DocumentReread, reading, processed), key=key_for("document", document_id)
    )
    return DocumentReread(
        document_id=document_id,
        version_id=processed.data.version_id,
        processing_id=derived_id(processed.data.processing_id, f"reading/{reading}"),
        read_before=processed.data.processing_id,
        reading=reading,
        extractor=extractor,
        chunker=Program(name=chunking.STANDARD.name, version=chunking.STANDARD.version),
        text=sealer.text("text", text),
        text_keyed_hash=keyed_hash(text, purpose="text"),
        characters=len(text),
        warnings=list(found.extracted.warnings),
        pages=store_listing(_pages(found)),
        spans=store_listing([list(span) for span in found.spans]),
    )


def _pages(found: Anew) -> list[list[int]]:
    return [[page.number, page.start, page.end] for page in found.extracted.pages]


def _id(
    fact: type[DocumentReread | DocumentTextKept],
    reading: str,
    processed: Recorded[DocumentProcessed],
) -> UUID:
    return derived_id(processed.event_id, f"{name_of(fact)}/{reading}")
