"""The feed of answers that rest on wording which no longer stands."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from provenance.api.operation import Operation
from provenance.api.paging import page, read_cursor
from provenance.api.serializers.queries import StaleAnswersQuery
from provenance.api.serializers.stale import StaleAnswersOut
from provenance.impact import stale


class ListStaleAnswers(Operation):
    """Answers that relied on wording since replaced, withdrawn, quarantined or expired.

    The oldest first, by the position at which that was found. Follow `next_cursor` to its end, then
    ask again later with `after` set to the `position` of the first page: nothing is missed.
    """

    query = StaleAnswersQuery
    answers: ClassVar = {200: StaleAnswersOut}

    def get(self, request: Request) -> Response:
        query = StaleAnswersQuery.read_from(request.query_params)
        # Read before the rows: what comes in between is told again rather than missed.
        reached = stale.reached()
        of = f"stale answers {query.after} {query.application!r}"
        rows = stale.oldest(
            stale.matching(self.principal, application=query.application, after=query.after),
            limit=query.limit,
            after=read_cursor(query.cursor, of=of),
        )
        answer = page(rows, limit=query.limit, of=of, key=lambda row: row.place)
        changes = stale.changes(answer["data"])
        answer["data"] = [
            stale.as_json(row, changes.get((row.change, row.document_id))) for row in answer["data"]
        ]
        return Response({**answer, "position": reached})
