"""What follows from a retrieval, and what the index needs as time goes by."""

from datetime import UTC, datetime
from uuid import UUID

from ingestion.embeddings.in_use import decided_by
from provenance.eventstore.recorded import Recorded
from provenance.projections.chores import chore
from provenance.projections.work import WorkItem, WorkKind, register_work
from retrieval.commands import record_passed_dates, record_retrieved
from retrieval.events import (
    DocumentRetrieved,
    IndexGenerationBuilt,
    IndexGenerationCancelled,
    IndexGenerationDropped,
    IndexGenerationFailed,
    IndexGenerationVerified,
    IndexVerificationRequested,
    RetrievalServed,
)
from retrieval.generations import building
from retrieval.generations.active import (
    decide_recipes,
    drop_ended,
    is_switching,
    start_first_generation,
)
from retrieval.generations.owed import BUILD, EMBED_AGAIN, QUEUE, subject_of

OfGeneration = (
    IndexGenerationBuilt
    | IndexGenerationCancelled
    | IndexGenerationDropped
    | IndexGenerationFailed
    | IndexGenerationVerified
    | IndexVerificationRequested
)
decided_by(decide_recipes, is_switching=is_switching)


def _with_results(event: Recorded[RetrievalServed]) -> UUID | None:
    return event.data.retrieval_id if event.data.results.length else None


def _of_generation(event: Recorded[OfGeneration]) -> UUID:
    return subject_of(event.data.generation)


def _run(item: WorkItem) -> None:
    record_retrieved(event_id=item.cause_event_id)


register_work(
    WorkKind(
        name="record_retrieved",
        queue="records",
        opened_by={RetrievalServed: _with_results},
        closed_by={DocumentRetrieved: lambda event: event.data.retrieval_id},
        run=_run,
    )
)

register_work(
    WorkKind(
        name=EMBED_AGAIN,
        queue=QUEUE,
        opened_by={},
        closed_by={},
        run=building.embed_owed,
        unhurried=True,
    )
)
register_work(
    WorkKind(
        name=BUILD,
        queue=QUEUE,
        opened_by={},
        closed_by={
            IndexGenerationBuilt: _of_generation,
            IndexGenerationCancelled: _of_generation,
            IndexGenerationFailed: _of_generation,
        },
        run=building.build,
        unhurried=True,
    )
)
register_work(
    WorkKind(
        name="verify_generation",
        queue=QUEUE,
        opened_by={
            IndexGenerationBuilt: _of_generation,
            IndexVerificationRequested: _of_generation,
        },
        closed_by={
            IndexGenerationVerified: _of_generation,
            IndexGenerationFailed: _of_generation,
            IndexGenerationCancelled: _of_generation,
            IndexGenerationDropped: _of_generation,
        },
        run=building.verify,
        unhurried=True,
    )
)


@chore(every_seconds=3600)
def start_index() -> None:
    """A new installation has its first index from the first moment of its projector."""
    start_first_generation()


@chore(every_seconds=1)
def notice_passed_dates() -> None:
    record_passed_dates(now=datetime.now(UTC))


@chore(every_seconds=10)
def remove_ended_generations() -> None:
    drop_ended()
