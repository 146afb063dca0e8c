"""How many outputs each queue holds for a person, without reading everything to find that out.

A queue that holds little is looked through to its end: among 150,000 outputs that takes seconds.
So only the newest are asked; a count says whether there may be more.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet, Value

from provenance.accounts.access import Principal
from provenance.cases.models import QueueEntry
from provenance.cases.reading import queued_after
from retrieval.recording.models import InteractionOutput

MOST = 1_000
ASKED = 5_000


@dataclass(frozen=True)
class Waiting:
    """How many outputs wait; `more` where there may be others."""

    count: int
    more: bool

    def __str__(self) -> str:
        return f"{self.count:,}{'+' if self.more else ''}"


def waiting_in(queues: Sequence[QueueEntry], *, principal: Principal) -> dict[UUID, Waiting]:
    """By queue, among the newest outputs; two queries whatever the number of queues."""
    if not queues:
        return {}
    newest = InteractionOutput.objects.order_by("-position").values_list("position", flat=True)
    left_out = newest[ASKED : ASKED + 1].first()
    after = -1 if left_out is None else left_out
    lists = {each.queue_id: queued_after(after, each, principal=principal) for each in queues}
    found = _counted(lists)
    return {
        queue_id: Waiting(
            min(found[str(queue_id)], MOST),
            more=left_out is not None or found[str(queue_id)] > MOST,
        )
        for queue_id in lists
    }


def _counted(lists: Mapping[UUID, QuerySet[InteractionOutput]]) -> Counter[str]:
    """One more than `MOST` at most of each, in order, so that it ends once they are found."""
    parts = [
        outputs.order_by("-position")
        .annotate(queue=Value(str(queue_id)))
        .values_list("queue", flat=True)[: MOST + 1]
        for queue_id, outputs in lists.items()
    ]
    return Counter(parts[0].union(*parts[1:], all=True))
