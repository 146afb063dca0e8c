"""The work that an approved erasure asks for: carrying it out, then certifying it."""

from typing import Any
from uuid import UUID

import structlog

from provenance.eventstore.recorded import Recorded
from provenance.projections.work import WorkItem, WorkKind, register_work
from provenance.review.certifying import certify_erasure
from provenance.review.events import ErasureApproved, ErasureCertified, ErasureExecuted
from provenance.review.execution import execute_erasure

log = structlog.get_logger()

QUEUE = "erasure"


def _erasure(event: Recorded[Any]) -> UUID:
    return UUID(str(event.data.erasure_id))


def _execute(item: WorkItem) -> None:
    execute_erasure(erasure_id=item.subject_id, renew=item.renew)


def _certify(item: WorkItem) -> None:
    certify_erasure(erasure_id=item.subject_id)


def _try_on(item: WorkItem, reason: str) -> None:
    """An approved erasure is never given up; the work stays asked for, and is tried again."""
    log.error("erasure waits", erasure=str(item.subject_id), step=item.kind, reason=reason)


register_work(
    WorkKind(
        name="execute_erasure",
        queue=QUEUE,
        opened_by={ErasureApproved: _erasure},
        closed_by={ErasureExecuted: _erasure},
        run=_execute,
        give_up=_try_on,
    )
)
register_work(
    WorkKind(
        name="certify_erasure",
        queue=QUEUE,
        opened_by={ErasureExecuted: _erasure},
        closed_by={ErasureCertified: _erasure},
        run=_certify,
        give_up=_try_on,
    )
)
