"""How often a document was retrieved, and went into answers, between moments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from provenance.accounts.access import Principal
from retrieval.recording.models import RetrievalVersion
from retrieval.recording.queries import visible_impact, visible_retrievals

# More are not counted: it would take longer than a page may.
COUNTED = 10_000


def uses_between(
    document_id: UUID, edges: Sequence[datetime], *, principal: Principal
) -> list[tuple[int, int]]:
    """Retrievals and outputs for each `edges[i] <= moment < edges[i + 1]`, of the newest COUNTED.

    Edges ascend. Two queries; whoever may not see a retrieval or an output does not count it.
    """
    returned = RetrievalVersion.objects.filter(document_id=document_id).values("retrieval_id")
    retrievals = visible_retrievals(principal).filter(retrieval_id__in=returned)
    outputs = visible_impact(principal).filter(document_id=document_id)
    asked = _counted(retrievals.values_list("position", "recorded_at"), edges)
    # An output that two versions went into is one.
    told = _counted(outputs.values_list("position", "at").distinct(), edges)
    return [(asked.get(slot, 0), told.get(slot, 0)) for slot in range(1, len(edges))]


def _counted(moments: QuerySet[Any, Any], edges: Sequence[datetime]) -> dict[int, int]:
    newest = moments.order_by("-position")[:COUNTED]
    statement, parameters = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT width_bucket(at, %s::timestamptz[]), count(*)"  # noqa: S608
            f" FROM ({statement}) AS used(position, at) GROUP BY 1",
            [list(edges), *parameters],
        )
        return dict(cursor.fetchall())
