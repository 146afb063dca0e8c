"""How far each read model is behind the log, and what stands in its way."""

from dataclasses import dataclass

from django.db import connection

from provenance.projections.projection import projection_names


@dataclass(frozen=True)
class ProjectionLag:
    """Positions not folded yet, how long the oldest of them waits, and why if it stands still."""

    name: str
    position: int
    events: int
    seconds: float
    parked: int
    problem: str


def projection_lags() -> list[ProjectionLag]:
    """One for every declared read model; one that was never folded is at position -1."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH head AS (SELECT COALESCE(max(position), -1) AS position FROM eventstore_position)"
            " SELECT declared.name, at.position, head.position - at.position,"
            "  COALESCE(extract(epoch FROM now() - next.positioned_at), 0),"
            "  (SELECT count(*) FROM projections_parked_event e"
            "   WHERE e.projection = declared.name),"
            "  COALESCE(p.problem, '')"
            " FROM unnest(%s::text[]) AS declared(name) CROSS JOIN head"
            " LEFT JOIN projections_progress p ON p.name = declared.name"
            " CROSS JOIN LATERAL (SELECT COALESCE(p.position, -1) AS position) AS at"
            " LEFT JOIN eventstore_position next ON next.position = at.position + 1"
            " ORDER BY declared.name",
            [projection_names()],
        )
        rows = cursor.fetchall()
    return [
        ProjectionLag(name, position, events, max(float(seconds), 0.0), parked, problem)
        for name, position, events, seconds, parked, problem in rows
    ]
