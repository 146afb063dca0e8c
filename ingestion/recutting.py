"""The passages of a text of a version, as it was processed or cut anew by another chunker."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from ingestion import chunking
from ingestion.chunks import ChunkOfVersion, chunks_of
from ingestion.events import DocumentRecut, DocumentReread, Program
from ingestion.processing import submitted_of
from ingestion.rereading import TextEvent
from provenance.eventstore.event_types import name_of
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import read_listing, store_listing
from provenance.eventstore.sealed import reveal_text
from provenance.eventstore.store import read_event

AS_PROCESSED = ""
Spans = list[list[int]]


@dataclass(frozen=True)
class Cut:
    """The chunks by one chunker.

    `recut` is the fact to record where they were cut anew; its id derives from `recut_name`.
    """

    chunker: str
    processing_id: UUID
    chunks: list[ChunkOfVersion]
    recut: DocumentRecut | None
    recut_name: str


def cut(
    event: TextEvent,
    chunker: str = AS_PROCESSED,
    renew: Callable[[], None] = lambda: None,
    *,
    cause_id: UUID,
) -> Cut | None:
    """The chunks of the text that the event holds; ids derive from `cause_id`.

    None if the document was erased. Raises KeyError for a chunker that is not there any more.
    """
    text = reveal_text(event, "text")
    if text is None:
        return None
    name, recut = _recut_name(event, chunker), None
    if chunker != AS_PROCESSED:
        told = read_event(derived_id(cause_id, name))
        recut = _recut(event, text, chunker, renew) if told is None else told.data
    named = event.data if recut is None else recut
    return Cut(
        chunker,
        named.processing_id,
        chunks_of(
            version_id=event.data.version_id,
            processing_id=named.processing_id,
            text=text,
            spans=read_listing(named.spans),
            pages=read_listing(event.data.pages),
        ),
        recut,
        name,
    )


def _recut_name(event: TextEvent, chunker: str) -> str:
    read_anew = f"/{event.data.reading}" if isinstance(event.data, DocumentReread) else ""
    return f"{name_of(DocumentRecut)}/{chunker}{read_anew}"


def _recut(event: TextEvent, text: str, chunker: str, renew: Callable[[], None]) -> DocumentRecut:
    how, data_of = chunking.CHUNKERS[chunker], event.data
    return DocumentRecut(
        document_id=data_of.document_id,
        version_id=data_of.version_id,
        processing_id=derived_id(data_of.processing_id, f"cut/{chunker}"),
        cut_from=data_of.processing_id,
        chunker=Program(name=how.name, version=how.version),
        spans=store_listing(_spans(event, text, how, renew)),
    )


def _spans(
    event: TextEvent,
    text: str,
    how: chunking.Chunker,
    renew: Callable[[], None],
) -> Spans:
    spans: Spans = []
    media_type = submitted_of(event.data.version_id).data.media_type
    for section in chunking.spans_by_section(text, media_type=media_type, chunker=how):
        spans += [list(span) for span in section]
        renew()
    return spans
