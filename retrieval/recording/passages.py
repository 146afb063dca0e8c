"""The passages that retrievals returned, with their texts, in the order of their ranks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.eventstore import store
from provenance.eventstore.event_types import EventData
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from retrieval.events import RetrievalServed
from retrieval.ranking import MICRO, read_ranking
from retrieval.recording.events import RetrievalReported, RetrievalResolved
from retrieval.recording.resolution import read_passages

RETRIEVED: tuple[type[EventData], ...] = (RetrievalServed, RetrievalReported, RetrievalResolved)


@dataclass(frozen=True)
class RetrievedPassage:
    """A passage as the application got it. Without a text, its document has been erased.

    `start` and `end` are of the text that `reading` names: empty, as the version was processed.
    `said` is what the application's own store knew of it, `resolution` how its version was found.
    """

    retrieval_id: UUID
    rank: int
    chunk_id: UUID
    version_id: UUID | None
    document_id: UUID | None
    version_number: int | None
    start: int | None
    end: int | None
    text: str | None = None
    page: int | None = None
    reading: str = ""
    score: float | None = None
    resolution: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


def read_retrievals(retrieval_ids: Sequence[UUID]) -> dict[UUID, list[Recorded[Any]]]:
    """The events of the retrievals that tell what they returned; one query."""
    streams = {f"retrieval-{retrieval_id}": retrieval_id for retrieval_id in retrieval_ids}
    found: dict[UUID, list[Recorded[Any]]] = {retrieval_id: [] for retrieval_id in retrieval_ids}
    for event in store.read_streams(list(streams), types=RETRIEVED):
        found[streams[event.stream]].append(event)
    return found


def returned_passages(events: Iterable[Recorded[Any]]) -> list[RetrievedPassage]:
    """What one retrieval returned, best first; passages served here have no text yet."""
    listed = list(events)
    resolved = next((e for e in listed if isinstance(e.data, RetrievalResolved)), None)
    passages: list[RetrievedPassage] = []
    for event in listed:
        if isinstance(event.data, RetrievalServed):
            passages += _served(event.data)
        elif isinstance(event.data, RetrievalReported) and resolved is not None:
            passages += _reported(event, resolved.data)
    return sorted(passages, key=lambda passage: passage.rank)


def with_texts(passages: Sequence[RetrievedPassage]) -> list[RetrievedPassage]:
    """The passages, those served here with their texts out of their versions; one query."""
    found = _read_texts(
        {
            passage.chunk_id: (passage.version_id, passage.start, passage.end)
            for passage in passages
            if passage.version_id is not None
        }
    )
    return [_with_text(passage, *found.get(passage.chunk_id, (None, ""))) for passage in passages]


def _with_text(passage: RetrievedPassage, text: str | None, reading: str) -> RetrievedPassage:
    """What an application reported has its own text, whatever text of a version it is of."""
    return replace(passage, text=text if passage.text is None else passage.text, reading=reading)


def _served(data: RetrievalServed) -> Iterator[RetrievedPassage]:
    for ranked in read_ranking(data.results)[: data.top_k]:
        yield RetrievedPassage(
            retrieval_id=data.retrieval_id,
            rank=ranked.rank,
            chunk_id=UUID(ranked.chunk_id),
            version_id=UUID(ranked.version_id),
            document_id=UUID(ranked.document_id),
            version_number=ranked.version_number,
            start=ranked.start,
            end=ranked.end,
            page=ranked.page,
            score=ranked.score / MICRO,
        )


def _reported(
    event: Recorded[RetrievalReported], resolution: RetrievalResolved
) -> Iterator[RetrievedPassage]:
    said = reveal_json(event, "results")
    resolved = read_passages(read_listing(resolution.passages))
    for index, passage in enumerate(resolved):
        result = said[index] if said is not None else {}
        yield RetrievedPassage(
            retrieval_id=resolution.retrieval_id,
            rank=passage.rank,
            chunk_id=UUID(passage.chunk_id),
            version_id=_uuid(passage.version_id),
            document_id=_uuid(passage.document_id),
            version_number=passage.version_number,
            start=passage.start,
            end=passage.end,
            text=result.get("text"),
            score=result.get("score"),
            resolution=passage.resolution,
            said=result,
        )


def _read_texts(places: Mapping[UUID, tuple[Any, ...]]) -> dict[UUID, tuple[str | None, str]]:
    """Text and reading by chunk id; out of the whole text only what the index does not hold.

    The index holds every passage of a text that was read anew.
    """
    if not places:
        return {}
    versions, starts, ends = (list(column) for column in zip(*places.values(), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.chunk_id, COALESCE(p.text, (SELECT substr(t.text, w.first + 1,"
            " w.last - w.first) FROM ingestion_text t WHERE t.version_id = w.version_id)),"
            " COALESCE(p.reading, '')"
            " FROM unnest(%s::uuid[], %s::uuid[], %s::integer[], %s::integer[])"
            " AS w (chunk_id, version_id, first, last)"
            " LEFT JOIN retrieval_passage p USING (chunk_id)",
            [list(places), versions, starts, ends],
        )
        return {chunk_id: (text, reading) for chunk_id, text, reading in cursor.fetchall()}


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
