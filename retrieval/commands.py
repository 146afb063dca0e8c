"""Retrieves, and records it before the answer leaves; starts the index and minds its dates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ingestion.embeddings.registry import embedder
from ingestion.embeddings.vectors import as_bytes
from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.canonical import instant
from provenance.eventstore.errors import EventIdConflict
from provenance.eventstore.fingerprints import fingerprint
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.sealed import Sealer
from provenance.sealing.keys import key_for
from retrieval import answers
from retrieval.errors import IndexNotReady
from retrieval.events import (
    DocumentRetrieved,
    EffectiveDatesPassed,
    RetrievalServed,
    RetrievedChunk,
    Statistics,
)
from retrieval.generations.active import active_generation, forget_active_generation
from retrieval.models import KnowledgeState
from retrieval.moments import effective_moment, past_position, searched_collections
from retrieval.ranking import RankedChunk, list_ranking, read_ranking
from retrieval.search import (
    FINGERPRINT,
    AnotherGenerationActive,
    Found,
    Question,
    search,
)

# How often the active generation may change under one request.
SWITCHES = 3


class AlreadyServed(Exception):
    """The same request was faster elsewhere, with an answer of its own."""

    def __init__(self, event: Recorded[RetrievalServed]) -> None:
        super().__init__(f"Retrieval {event.data.retrieval_id} is recorded already.")
        self.event = event


@store.decides_again
def retrieve(
    *,
    principal: Principal,
    query: str,
    top_k: int = 5,
    mode: str = "hybrid",
    collections: Sequence[str] | None = None,
    metadata: dict[str, Any] | None = None,
    exact: bool = False,
    as_of: int | datetime | None = None,
    effective_at: datetime | date | None = None,
    context: dict[str, Any] | None = None,
    correlation_id: UUID | None = None,
    retrieval_id: UUID | None = None,
    sequence_number: int | None = None,
) -> dict[str, Any]:
    """The answer, as the interface words it, once RetrievalServed is committed.

    The same `retrieval_id` and input answer what was recorded. Raises RequestRefused,
    CollectionNotFound, IndexNotReady, IndexBehind, EventIdConflict.
    """
    mark = fingerprint(
        {
            "application": principal.application,
            "query": query,
            "top_k": top_k,
            "mode": mode,
            "collections": None if collections is None else sorted(collections),
            "metadata": metadata,
            "exact": exact,
            "as_of": instant(as_of) if isinstance(as_of, datetime) else as_of,
            "effective_at": instant(effective_at)
            if isinstance(effective_at, datetime)
            else effective_at and effective_at.isoformat(),
            "context": context,
            "correlation_id": None if correlation_id is None else str(correlation_id),
            # Absent as in what was recorded before applications could number their records.
            **({} if sequence_number is None else {"sequence_number": sequence_number}),
        }
    )
    if retrieval_id is not None:
        before = store.read_event(derived_id(retrieval_id, "RetrievalServed"))
        if before is not None:
            return _again(before, mark)
    retrieval_id = retrieval_id or new_id()
    searched = searched_collections(principal, collections)
    question = Question(
        query=query,
        effective_at=effective_moment(effective_at, searched),
        mode=mode,
        top_k=top_k,
        collections=searched,
        metadata=metadata or {},
        exact=exact,
        as_of=past_position(as_of),
    )
    question, found = _find(question)
    try:
        event = _record(
            principal=principal,
            retrieval_id=retrieval_id,
            correlation_id=correlation_id or retrieval_id,
            question=question,
            found=found,
            context=context,
            mark=mark,
            sequence_number=sequence_number,
        )
    except AlreadyServed as error:
        return _again(error.event, mark)
    return answers.answer(event, found.ranking, found.sources)


def _again(event: Recorded[RetrievalServed], mark: str) -> dict[str, Any]:
    """The answer that was given before. Raises EventIdConflict if something else was asked."""
    if event.fingerprint != mark:
        raise EventIdConflict(event.event_id)
    return answers.recorded_answer(event)


def _find(question: Question) -> tuple[Question, Found]:
    """Embeds the query with the model of the active generation, and searches that generation."""
    for _ in range(SWITCHES):
        generation = active_generation()
        if question.mode != "text":
            vector = embedder(generation.embedding_model).embed_query(question.query)
            question = replace(question, vector=vector)
        try:
            return question, search(question, generation)
        except AnotherGenerationActive:
            forget_active_generation()
    raise IndexNotReady


@transaction.atomic
def _record(
    *,
    principal: Principal,
    retrieval_id: UUID,
    correlation_id: UUID,
    question: Question,
    found: Found,
    context: dict[str, Any] | None,
    mark: str,
    sequence_number: int | None,
) -> Recorded[RetrievalServed]:
    """Raises AlreadyServed."""
    event_id = derived_id(retrieval_id, "RetrievalServed")
    sealer = Sealer(event_id=event_id, key=key_for("interaction", retrieval_id))
    vector, allowed = question.vector, principal.collections
    counts = found.frequencies
    data = RetrievalServed(
        retrieval_id=retrieval_id,
        query=sealer.text("query", question.query),
        query_vector=None if vector is None else sealer.bytes("query_vector", as_bytes(vector)),
        mode=question.mode,
        top_k=question.top_k,
        collections_allowed=None if allowed is None else sorted(allowed),
        collections_searched=question.collections,
        filter=sealer.json("filter", question.metadata) if question.metadata else None,
        exact=question.exact,
        as_of=question.as_of,
        effective_at=instant(question.effective_at),
        index_generation=found.generation.generation,
        index_position=found.position,
        embedding_model=found.generation.embedding_model,
        model_digest=found.generation.model_digest,
        search=found.method,
        search_fingerprint=FINGERPRINT,
        statistics=Statistics(chunks=counts[0], frequencies=counts[1:]) if counts else None,
        results=list_ranking(found.ranking),
        context=sealer.json("context", context) if context else None,
        sequence_number=sequence_number,
    )
    stream = f"retrieval-{retrieval_id}"
    new = NewEvent(
        data=data,
        stream=stream,
        event_id=event_id,
        actor=principal.actor,
        correlation_id=correlation_id,
        fingerprint=mark,
    )
    (event,) = store.append([new], expected={stream: 0})
    if event.data is not data:
        raise AlreadyServed(event)
    return event


@store.decides_again
@transaction.atomic
def record_retrieved(*, event_id: UUID) -> None:
    """Records for each version in the answer of a retrieval which of its passages it returned."""
    served = store.read_event(event_id)
    if served is None or not isinstance(served.data, RetrievalServed):
        raise ValueError(f"Event {event_id} is not a retrieval that was served.")
    versions: dict[str, list[RankedChunk]] = {}
    for ranked in read_ranking(served.data.results)[: served.data.top_k]:
        versions.setdefault(ranked.version_id, []).append(ranked)
    new = [_retrieved(served, chunks) for chunks in versions.values()]
    if new:
        store.append(new, expected={served.stream: store.stream_version(served.stream)})


def _retrieved(
    served: Recorded[RetrievalServed], chunks: list[RankedChunk]
) -> NewEvent[DocumentRetrieved]:
    first = chunks[0]
    return NewEvent(
        data=DocumentRetrieved(
            retrieval_id=served.data.retrieval_id,
            document_id=UUID(first.document_id),
            version_id=UUID(first.version_id),
            version_number=first.version_number,
            chunks=[
                RetrievedChunk(chunk_id=UUID(each.chunk_id), rank=each.rank, score=each.score)
                for each in chunks
            ],
        ),
        stream=served.stream,
        event_id=derived_id(served.event_id, f"DocumentRetrieved/{first.version_id}"),
        actor=SYSTEM,
        correlation_id=served.correlation_id,
        causation_id=served.event_id,
    )


@store.decides_again
@transaction.atomic
def record_passed_dates(*, now: datetime) -> bool:
    """Records that time reached a date on which a version begins or ends to count, if it did."""
    state = KnowledgeState.objects.filter(id=1, settled_until__lte=now).first()
    if state is None or state.settled_until is None:
        return False
    # Once for each date, however often it is found due before the fold has seen it.
    event_id = derived_id(instant(state.settled_until), "EffectiveDatesPassed")
    if store.read_event(event_id) is not None:
        return False
    stream = "effective-dates"
    new = NewEvent(
        data=EffectiveDatesPassed(until=instant(now)),
        stream=stream,
        event_id=event_id,
        actor=SYSTEM,
    )
    store.append([new], expected={stream: store.stream_version(stream)})
    return True
