"""The passages of a processed version, as it was processed or cut anew by another chunker."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from ingestion import chunking
from ingestion.chunks import ChunkOfVersion, chunks_of
from ingestion.events import DocumentProcessed, DocumentRecut, DocumentSubmitted, Program
from provenance.eventstore.event_types import name_of
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import read_listing, store_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.eventstore.store import read_event

AS_PROCESSED = ""
Spans = list[list[int]]


@dataclass(frozen=True)
class Cut:
    """The chunks by one chunker; `recut` is the fact to record where they were cut anew."""

    chunker: str
    processing_id: UUID
    chunks: list[ChunkOfVersion]
    recut: DocumentRecut | None = None


def cut(
    processed: Recorded[DocumentProcessed],
    chunker: str = AS_PROCESSED,
    renew: Callable[[], None] = lambda: None,
) -> Cut | None:
    """None if the document was erased. Raises KeyError for a chunker that is not there any more."""
    text = reveal_text(processed, "text")
    if text is None:
        return None
    recut = None if chunker == AS_PROCESSED else _recut(processed, text, chunker, renew)
    named = processed.data if recut is None else recut
    return Cut(
        chunker,
        named.processing_id,
        chunks_of(
            version_id=processed.data.version_id,
            processing_id=named.processing_id,
            text=text,
            spans=read_listing(named.spans),
            pages=read_listing(processed.data.pages),
        ),
        recut,
    )


def recut_id(processed: Recorded[DocumentProcessed], chunker: str) -> UUID:
    """The id of the event that says how the chunker cut the text."""
    return derived_id(processed.event_id, recut_name(chunker))


def recut_name(chunker: str) -> str:
    return f"{name_of(DocumentRecut)}/{chunker}"


def _recut(
    processed: Recorded[DocumentProcessed], text: str, chunker: str, renew: Callable[[], None]
) -> DocumentRecut:
    """As it is recorded already, or made now."""
    recorded = read_event(recut_id(processed, chunker))
    if recorded is not None:
        data: DocumentRecut = recorded.data
        return data
    how, data_of = chunking.CHUNKERS[chunker], processed.data
    return DocumentRecut(
        document_id=data_of.document_id,
        version_id=data_of.version_id,
        processing_id=derived_id(data_of.processing_id, f"cut/{chunker}"),
        cut_from=data_of.processing_id,
        chunker=Program(name=how.name, version=how.version),
        spans=store_listing(_spans(processed, text, how, renew)),
    )


def _spans(
    processed: Recorded[DocumentProcessed],
    text: str,
    how: chunking.Chunker,
    renew: Callable[[], None],
) -> Spans:
    spans: Spans = []
    media_type = _media_type(processed.data.version_id)
    for section in chunking.spans_by_section(text, media_type=media_type, chunker=how):
        spans += [list(span) for span in section]
        renew()
    return spans


def _media_type(version_id: UUID) -> str:
    submitted = read_event(derived_id(version_id, name_of(DocumentSubmitted)))
    if submitted is None:
        raise LookupError(f"Version {version_id} was never handed in.")
    return str(submitted.data.media_type)
