"""The work that an approved erasure asks for: carrying it out, then certifying it."""

from typing import Any
from uuid import UUID

from provenance.eventstore.recorded import Recorded
from provenance.projections.work import WorkItem, WorkKind, register_work
from provenance.review.certifying import certify_erasure
from provenance.review.events import ErasureApproved, ErasureCertified, ErasureExecuted
from provenance.review.execution import execute_erasure

QUEUE = "erasure"


def _erasure(event: Recorded[Any]) -> UUID:
    return UUID(str(event.data.erasure_id))


def _execute(item: WorkItem) -> None:
    execute_erasure(erasure_id=item.subject_id, renew=item.renew)


def _certify(item: WorkItem) -> None:
    certify_erasure(erasure_id=item.subject_id)


# Neither is ever given up: an approved erasure is tried until it is done.
register_work(
    WorkKind(
        name="execute_erasure",
        queue=QUEUE,
        opened_by={ErasureApproved: _erasure},
        closed_by={ErasureExecuted: _erasure},
        run=_execute,
    )
)
register_work(
    WorkKind(
        name="certify_erasure",
        queue=QUEUE,
        opened_by={ErasureExecuted: _erasure},
        closed_by={ErasureCertified: _erasure},
        run=_certify,
    )
)
