"""Keeps the counts of each day in step with the rows that they count.

Every statement changes rows and adds what that changed to the days of these rows, so that the
facts may come in any order and a reader never counts rows.
"""

from typing import Any
from uuid import UUID

from django.db import connection

from provenance.coverage.models import CoveredPrompt
from provenance.eventstore.recorded import Recorded

KEPT = ("retrievals", "unanswered", "unresolved", "outputs", "baseless", "foreign", "missing")
# A retrieval that an output came of, whichever of the three was known last.
ANSWERED = """
    WITH answered AS (
        UPDATE coverage_retrieval r SET answered = TRUE
        FROM coverage_prompt p JOIN coverage_output o USING (prompt_id)
        WHERE NOT r.answered AND r.retrieval_id = ANY(p.retrieval_ids) AND {condition}
        RETURNING r.retrieval_id, r.day, r.application
    ), counted AS (
        SELECT day, application, count(DISTINCT retrieval_id) AS count FROM answered GROUP BY 1, 2
    )
    UPDATE coverage_day d SET unanswered = d.unanswered - c.count
    FROM counted c WHERE (d.day, d.application) = (c.day, c.application)
"""
# The number's own gap, and what it takes from the gap before the next higher one.
ADD_NUMBER = """
    WITH place AS (
        SELECT (SELECT max(number) FROM coverage_number
                WHERE application = %(application)s AND number < %(number)s) AS before
    ), added AS (
        INSERT INTO coverage_number
            (application, number, day, recorded_at, position, missing)
        SELECT %(application)s, %(number)s, %(day)s, %(at)s, %(position)s,
            COALESCE(%(number)s - before - 1, 0) FROM place
        ON CONFLICT DO NOTHING RETURNING day, application, missing AS change
    ), next AS (
        UPDATE coverage_number n SET missing = n.number - %(number)s - 1
        FROM coverage_number old, added
        WHERE n.application = %(application)s AND n.number = (
                SELECT min(number) FROM coverage_number
                WHERE application = %(application)s AND number > %(number)s)
            AND (old.application, old.number) = (n.application, n.number)
        RETURNING n.day, n.application, n.missing - old.missing AS change
    ), changed AS (
        SELECT day, application, sum(change) AS change
        FROM (SELECT * FROM added UNION ALL SELECT * FROM next) AS both_of_them GROUP BY 1, 2
    )
    INSERT INTO coverage_day AS d (day, application, retrievals, unanswered, unresolved, outputs,
        baseless, "foreign", missing)
    SELECT day, application, 0, 0, 0, 0, 0, 0, change FROM changed
    ON CONFLICT (day, application) DO UPDATE SET missing = d.missing + excluded.missing
"""


def place_of(event: Recorded[Any]) -> dict[str, Any]:
    """What every row says of its event."""
    return {
        "application": event.actor.application or "",
        "day": event.recorded_at.date(),
        "position": event.place,
    }


def count(event: Recorded[Any], **added: int) -> None:
    """Adds to the day of the event."""
    place = place_of(event)
    add_to_day(place["day"], place["application"], **added)


def add_to_day(day: Any, application: str, **added: int) -> None:
    columns = [name for name in KEPT if added.get(name)]
    if not columns:
        return
    values = {name: added.get(name, 0) for name in KEPT}
    changes = ", ".join(f'"{name}" = d."{name}" + excluded."{name}"' for name in columns)
    names = ", ".join(f'"{name}"' for name in KEPT)
    marks = ", ".join(f"%({name})s" for name in KEPT)
    _execute(
        f"INSERT INTO coverage_day AS d (day, application, {names})"  # noqa: S608
        f" VALUES (%(day)s, %(application)s, {marks})"
        f" ON CONFLICT (day, application) DO UPDATE SET {changes}",
        {"day": day, "application": application, **values},
    )


def answer_for_output(output_id: UUID) -> None:
    """An output was reported: the retrievals of its prompt are answered."""
    _execute(ANSWERED.format(condition="o.output_id = %(output)s"), {"output": output_id})


def answer_for_retrieval(retrieval_id: UUID) -> None:
    """A retrieval came to be known after what was made of it."""
    # Looked up by themselves: no plan that joins them guesses how few they are.
    resting = CoveredPrompt.objects.filter(retrieval_ids__contains=[retrieval_id])
    prompts = list(resting.values_list("prompt_id", flat=True))
    if prompts:
        condition = "r.retrieval_id = %(retrieval)s AND p.prompt_id = ANY(%(prompts)s)"
        _execute(
            ANSWERED.format(condition=condition), {"retrieval": retrieval_id, "prompts": prompts}
        )


def add_number(event: Recorded[Any], number: int | None) -> None:
    """An application numbered this record itself; a number that comes twice counts once."""
    if number is not None and event.actor.application:
        _execute(ADD_NUMBER, {**place_of(event), "at": event.recorded_at, "number": number})


def _execute(statement: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
