"""What follows from a retrieval, and what the index needs as time goes by."""

from datetime import UTC, datetime
from uuid import UUID

from provenance.eventstore.recorded import Recorded
from provenance.projections.chores import chore
from provenance.projections.work import WorkItem, WorkKind, register_work
from retrieval.commands import record_passed_dates, record_retrieved
from retrieval.events import DocumentRetrieved, RetrievalServed
from retrieval.generations import start_first_generation


def _with_results(event: Recorded[RetrievalServed]) -> UUID | None:
    return event.data.retrieval_id if event.data.results.length else None


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


@chore(every_seconds=3600)
def start_index() -> None:
    """A new installation has its first index from the first moment of its projector."""
    start_first_generation()


@chore(every_seconds=1)
def notice_passed_dates() -> None:
    record_passed_dates(now=datetime.now(UTC))
