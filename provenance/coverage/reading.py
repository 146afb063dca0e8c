"""Reads coverage by application and day; what is younger than the grace period is not wanting."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from provenance.coverage.completeness import Day, Limits

DAYS = 14
# Turns of conversations are compared among the newest outputs of the period.
TURNS_COMPARED = 20_000

YOUNG = """
    SELECT day, application, count(*), 0 FROM coverage_retrieval
    WHERE NOT answered AND recorded_at > %(young)s AND day BETWEEN %(first)s AND %(last)s
    GROUP BY 1, 2
    UNION ALL
    SELECT day, application, 0, sum(missing)::bigint FROM coverage_number
    WHERE missing > 0 AND recorded_at > %(young)s AND day BETWEEN %(first)s AND %(last)s
    GROUP BY 1, 2
"""
# Each turn with the one before it in its conversation; erased ones are not among them.
TURNS = """
    SELECT output_id, position, recorded_at, application, conversation_id, turn,
        (recorded_at AT TIME ZONE 'UTC')::date AS day,
        lag(turn) OVER (PARTITION BY application, conversation_id ORDER BY turn) AS before
    FROM (
        SELECT * FROM recording_output
        WHERE recorded_at >= %(since)s AND recorded_at < %(until)s
        ORDER BY recorded_at DESC LIMIT %(compared)s
    ) AS newest
    WHERE turn IS NOT NULL AND conversation_id IS NOT NULL
"""
TURN_GAPS = f"""
    SELECT day, COALESCE(application, ''), sum(turn - before - 1)::bigint
    FROM ({TURNS}) AS turns WHERE turn > before + 1 AND recorded_at <= %(young)s GROUP BY 1, 2
"""  # noqa: S608  made of constants


def young_since(now: datetime) -> datetime:
    """What was recorded after it may still be completed."""
    return now - timedelta(minutes=settings.COVERAGE_GRACE_MINUTES)


def limits() -> Limits:
    """From what an application's coverage is an alarm, as the settings say."""
    return Limits(settings.COVERAGE_LEAST_PER_CENT / 100, settings.COVERAGE_DROP_POINTS / 100)


def by_application(last: date, now: datetime) -> dict[str, list[Day]]:
    """The DAYS days that end with `last`, for each application that recorded anything in them."""
    first = last - timedelta(days=DAYS - 1)
    parameters = {"first": first, "last": last, "young": young_since(now)}
    found = {
        (row[0], row[1]): Day(*row)
        for row in _rows(
            "SELECT day, application, retrievals, unanswered, unresolved, outputs, baseless,"
            ' "foreign", missing FROM coverage_day WHERE day BETWEEN %(first)s AND %(last)s',
            parameters,
        )
    }
    for day, application, unanswered, missing in _rows(YOUNG, parameters):
        _take(found, (day, application), unanswered, missing)
    for day, application, turns in _rows(TURN_GAPS, {**parameters, **turns_between(first, last)}):
        if (each := found.get((day, application))) is not None:
            found[day, application] = replace(each, turns=turns)
    days: dict[str, list[Day]] = defaultdict(list)
    for (_, application), each in sorted(found.items()):
        days[application].append(each)
    return dict(days)


def recorded_since(first: date) -> dict[date, tuple[int, int]]:
    """How many retrievals and outputs were recorded on each day, by whatever application."""
    rows = _rows(
        "SELECT day, sum(retrievals), sum(outputs) FROM coverage_day WHERE day >= %(first)s"
        " GROUP BY day",
        {"first": first},
    )
    return {day: (retrievals, outputs) for day, retrievals, outputs in rows}


def turns_between(first: date, last: date) -> dict[str, Any]:
    return {
        "since": datetime.combine(first, time(), tzinfo=UTC),
        "until": datetime.combine(last + timedelta(days=1), time(), tzinfo=UTC),
        "compared": TURNS_COMPARED,
    }


def _take(
    found: dict[tuple[date, str], Day], key: tuple[date, str], unanswered: int, missing: int
) -> None:
    each = found.get(key)
    if each is not None:
        found[key] = replace(
            each,
            retrievals=each.retrievals - unanswered,
            unanswered=each.unanswered - unanswered,
            missing=each.missing - missing,
        )


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
