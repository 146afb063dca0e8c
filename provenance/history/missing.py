"""Names what a trace lacks: not recorded yet, not computable or cut short, or erased."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from ingestion.models import CatalogueVersion
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import box_at, reveal_bytes, was_erased
from retrieval.events import DocumentRetrieved, RetrievalServed
from retrieval.recording.events import (
    OutputAttributed,
    OutputReported,
    PromptAssembled,
    PromptReported,
    RetrievalReported,
)
from retrieval.recording.limits import in_words
from retrieval.recording.passages import RetrievedPassage

SEALED: dict[type[Any], tuple[str, str]] = {
    OutputReported: ("output", "text"),
    PromptReported: ("prompt", "messages"),
    RetrievalServed: ("retrieval", "query"),
    RetrievalReported: ("retrieval", "query"),
}


def missing_parts(
    events: Sequence[Recorded[Any]],
    passages: Mapping[UUID, Iterable[RetrievedPassage]],
    versions: Mapping[UUID, CatalogueVersion],
) -> list[str]:
    """One line for each thing that is missing; none for a complete trace."""
    returned = [passage for each in passages.values() for passage in each]
    return list(
        dict.fromkeys(
            [
                *_computations(events),
                *_retrieved_documents(events, passages),
                *_erased(events),
                *_unreadable(returned, versions),
            ]
        )
    )


def _computations(events: Sequence[Recorded[Any]]) -> Iterator[str]:
    for computed in (PromptAssembled, OutputAttributed):
        data = next((event.data for event in events if isinstance(event.data, computed)), None)
        if data is None:
            yield computed.__name__
        elif data.problem is not None:
            yield f"{computed.__name__}: {data.problem}"
        else:
            yield from (f"{computed.__name__}: {each}" for each in in_words(data.cut_short))


def _retrieved_documents(
    events: Sequence[Recorded[Any]], passages: Mapping[UUID, Iterable[RetrievedPassage]]
) -> Iterator[str]:
    noted = {
        (event.data.retrieval_id, event.data.version_id)
        for event in events
        if isinstance(event.data, DocumentRetrieved)
    }
    wanted = {
        (retrieval_id, passage.version_id)
        for retrieval_id, each in passages.items()
        for passage in each
        if passage.version_id is not None
    }
    if wanted - noted:
        yield "DocumentRetrieved"


def _erased(events: Sequence[Recorded[Any]]) -> Iterator[str]:
    erased_at = {
        event.stream: event.recorded_at
        for event in events
        if isinstance(event.data, SubjectKeyDestroyed)
    }
    for event in events:
        kind, path = SEALED.get(type(event.data), ("", ""))
        if path and was_erased(event, path):
            when = erased_at.get(event.stream)
            yield f"{kind}: the text was erased{f' on {when:%Y-%m-%d}' if when else ''}"
        elif path and box_at(event.data, path) and reveal_bytes(event, path) is None:
            yield f"{kind}: the text cannot be read, since its key is missing here"


def _unreadable(
    passages: Iterable[RetrievedPassage], versions: Mapping[UUID, CatalogueVersion]
) -> Iterator[str]:
    for passage in passages:
        version = versions.get(passage.version_id) if passage.version_id else None
        if passage.version_id is not None and version is None:
            yield f"document version {passage.version_id}"
        elif version is not None and version.erased_at is not None:
            yield (f"document version {version.version_id}: erased on {version.erased_at:%Y-%m-%d}")
        elif passage.text is None:
            yield f"passage {passage.chunk_id}: its text cannot be read"
