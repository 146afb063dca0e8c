"""Runs a recorded retrieval again as the system was then, compares, and records the verdict."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import Actor, NewEvent, Recorded
from provenance.history.circumstances import circumstances_of
from provenance.history.events import ReproductionUnexplained, RetrievalReproduced
from provenance.history.recorded_questions import RecordedRetrieval, recorded_retrieval
from provenance.history.verdicts import Cause, Circumstances, Verdict, cause_of, compare
from retrieval.errors import GenerationNotFound
from retrieval.generations.active import dropped_generation, generation_named
from retrieval.generations.from_the_log import DroppedGenerations
from retrieval.passages import VectorsMissing
from retrieval.ranking import RankedChunk, list_ranking
from retrieval.search import FINGERPRINT, Found, Question, search

ALARMS = "reproduction-alarms"

log = structlog.get_logger()


@dataclass(frozen=True)
class Reproduction:
    """How a retrieval came out. Without `search` it could not be run, for the `cause`.

    `verdict` is about the answer, `whole_ranking` about all ranks that were recorded.
    """

    retrieval: RecordedRetrieval
    verdict: Verdict
    whole_ranking: Verdict
    cause: Cause | None
    ranking: list[RankedChunk]
    search: str | None

    @property
    def answer(self) -> list[RankedChunk]:
        return self.ranking[: self.retrieval.data.top_k]


def reproduce(retrieval_id: UUID, *, principal: Principal) -> tuple[Reproduction, UUID]:
    """The outcome, recorded; and the id of the event that says so.

    It is recorded because it is evidence: who checked which answer, when, and how it came out.
    Raises RecordNotFound, ServedElsewhere, IndexNotReady, IndexBehind.
    """
    with DroppedGenerations() as dropped:
        found = run_again(recorded_retrieval(retrieval_id, principal=principal), dropped)
    return found, record(found, actor=principal.actor)


def run_again(retrieval: RecordedRetrieval, dropped: DroppedGenerations) -> Reproduction:
    """Asks the same question of the same generation, compared with every passage that counted."""
    if retrieval.question is None:
        return _not_run(retrieval, Cause.ERASED_CONTENT)
    try:
        found = _search_as_then(retrieval.question, retrieval, dropped)
    except VectorsMissing:
        return _not_run(retrieval, Cause.GENERATION_DROPPED)
    whole = compare(retrieval.ranking, found.ranking)
    changed = Circumstances()
    if whole is not Verdict.IDENTICAL:
        changed = circumstances_of(retrieval, found.ranking)
    return Reproduction(
        retrieval=retrieval,
        verdict=compare(retrieval.answer, found.ranking[: retrieval.data.top_k]),
        whole_ranking=whole,
        cause=cause_of(retrieval.ranking, found.ranking, changed),
        ranking=found.ranking,
        search=found.method,
    )


def _search_as_then(
    question: Question, retrieval: RecordedRetrieval, dropped: DroppedGenerations
) -> Found:
    """In the generation that answered; if it was dropped, in what the log makes of it.

    Raises VectorsMissing.
    """
    data = retrieval.data
    try:
        return search(question, generation_named(data.index_generation), only_active=False)
    except GenerationNotFound:
        return dropped.search(question, dropped_generation(data.index_generation))


def _not_run(retrieval: RecordedRetrieval, cause: Cause) -> Reproduction:
    different = Verdict.DIFFERENT
    return Reproduction(retrieval, different, different, cause, ranking=[], search=None)


@store.decides_again
@transaction.atomic
def record(found: Reproduction, *, actor: Actor) -> UUID:
    """Records the verdict in the retrieval's stream; what nothing explains also raises an alarm."""
    served, event_id = found.retrieval.event, new_id()
    reproduced = RetrievalReproduced(
        retrieval_id=served.data.retrieval_id,
        verdict=found.verdict,
        whole_ranking=found.whole_ranking,
        cause=found.cause,
        index_generation=served.data.index_generation,
        search=found.search,
        search_fingerprint=FINGERPRINT,
        results=None if found.search is None else list_ranking(found.ranking),
    )
    new: list[NewEvent[Any]] = [
        NewEvent(
            data=reproduced,
            stream=served.stream,
            event_id=event_id,
            actor=actor,
            correlation_id=served.correlation_id,
            causation_id=served.event_id,
        )
    ]
    if found.cause is Cause.UNEXPLAINED:
        log.error("reproduction unexplained", retrieval_id=str(served.data.retrieval_id))
        new.append(_alarm(served.data.retrieval_id, event_id, actor))
    new.sort(key=lambda event: event.stream)
    store.append(new, expected={each.stream: store.stream_version(each.stream) for each in new})
    return event_id


def _alarm(retrieval_id: UUID, event_id: UUID, actor: Actor) -> NewEvent[ReproductionUnexplained]:
    return NewEvent(
        data=ReproductionUnexplained(retrieval_id=retrieval_id, reproduction_event_id=event_id),
        stream=ALARMS,
        event_id=new_id(),
        actor=actor,
        causation_id=event_id,
    )


def count_unexplained() -> int:
    """How many retrievals ever came out otherwise with nothing to explain it."""
    return store.stream_version(ALARMS)


def last_unexplained(limit: int) -> list[Recorded[ReproductionUnexplained]]:
    """The newest first."""
    return store.read_newest(ALARMS, limit=limit)
