"""The records behind a cell of the coverage: what is wanting, the newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.coverage.reading import DAYS, TURNS, turns_between, young_since

OUTPUT_OF_PROMPT = (
    "(SELECT o.output_id FROM coverage_output o WHERE o.prompt_id = p.prompt_id LIMIT 1)"
)
OF_CELL = "application = %(application)s AND day = %(day)s"
PAGE = "(%(after)s::bigint IS NULL OR {0} < %(after)s) ORDER BY {0} DESC LIMIT %(limit)s"
# Each: place in the list, retrieval, output, figure, second figure.
UNANSWERED = f"""
    SELECT position, retrieval_id, NULL::uuid, 0, 0 FROM coverage_retrieval
    WHERE {OF_CELL} AND NOT answered AND recorded_at <= %(young)s AND {PAGE.format("position")}
"""  # noqa: S608  made of constants
UNRESOLVED = f"""
    SELECT position, retrieval_id, NULL::uuid, unresolved, 0 FROM coverage_retrieval
    WHERE {OF_CELL} AND unresolved > 0 AND {PAGE.format("position")}
"""  # noqa: S608
BASELESS = f"""
    SELECT position, NULL::uuid, output_id, 0, 0 FROM coverage_output
    WHERE {OF_CELL} AND baseless AND {PAGE.format("position")}
"""  # noqa: S608
FOREIGN = f"""
    SELECT position, retrieval_ids[1], {OUTPUT_OF_PROMPT}, "foreign", 0 FROM coverage_prompt p
    WHERE {OF_CELL} AND "foreign" > 0 AND {PAGE.format("position")}
"""  # noqa: S608
MISSING = f"""
    SELECT number, NULL::uuid, NULL::uuid, number - missing, number - 1 FROM coverage_number
    WHERE {OF_CELL} AND missing > 0 AND recorded_at <= %(young)s AND {PAGE.format("number")}
"""  # noqa: S608
TURN_GAPS = f"""
    SELECT position, NULL::uuid, output_id, before + 1, turn - 1 FROM ({TURNS}) AS turns
    WHERE turn > before + 1 AND recorded_at <= %(young)s AND day = %(day)s
        AND COALESCE(application, '') = %(application)s AND {PAGE.format("position")}
"""  # noqa: S608
STATEMENTS: Mapping[str, str] = {
    "unanswered": UNANSWERED,
    "baseless": BASELESS,
    "foreign": FOREIGN,
    "unresolved": UNRESOLVED,
    "missing": MISSING,
    "turns": TURN_GAPS,
}


@dataclass(frozen=True)
class Wanting:
    """A record that something is wanting of; of gaps `first` and `last` are the missing numbers."""

    place: int
    retrieval_id: UUID | None
    output_id: UUID | None
    first: int
    last: int


def wanting(
    kind: str, application: str, day: date, *, now: datetime, limit: int, after: int | None
) -> list[Wanting]:
    """The next records below the place, and one more than `limit`. One query."""
    parameters: dict[str, Any] = {
        "application": application,
        "day": day,
        "young": young_since(now),
        "after": after,
        "limit": limit + 1,
        **turns_between(day - timedelta(days=DAYS - 1), day),
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[kind], parameters)
        return [Wanting(*row) for row in cursor.fetchall()]
