"""Work that failed and waits for its next attempt: what it is, why, and having it tried now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from provenance.projections.work import MAX_ATTEMPTS, work_kinds

SHOWN = 50
# Nobody is at work on it, and its next attempt is yet to come.
HELD_BACK = "problem <> '' AND NOT (running AND leased_until > now())"
PIECES = """
    SELECT w.kind, w.subject_id, l.attempts, l.problem, l.leased_until,
           l.running AND l.leased_until > now(), count(*) OVER ()
    FROM projections_work_lease AS l
    JOIN projections_pending_work AS w USING (kind, subject_id, cause_event_id)
    WHERE l.problem <> '' ORDER BY l.attempts DESC, w.position LIMIT %s
"""


@dataclass(frozen=True)
class FailingWork:
    """How many pieces of a kind failed MAX_ATTEMPTS times or more, and why the last one did."""

    kind: str
    count: int
    problem: str


@dataclass(frozen=True)
class FailingPiece:
    """One piece of work that failed, or whose workers did, at least once."""

    kind: str
    subject_id: UUID
    attempts: int
    problem: str
    next_at: datetime
    running: bool

    @property
    def given_up_after(self) -> int | None:
        """How many attempts it has; None for work that is tried on for ever."""
        kind = next((each for each in work_kinds() if each.name == self.kind), None)
        return kind.max_attempts if kind is not None and kind.give_up is not None else None


def failing_work() -> list[FailingWork]:
    """What fails again and again and is still tried, by kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, count(*), (array_agg(l.problem ORDER BY l.leased_until DESC))[1]"
            " FROM projections_work_lease l JOIN projections_pending_work USING (kind, subject_id)"
            " WHERE l.attempts >= %s AND l.problem <> '' GROUP BY kind ORDER BY kind",
            [MAX_ATTEMPTS],
        )
        return [FailingWork(*row) for row in cursor.fetchall()]


def failing_pieces() -> tuple[list[FailingPiece], int]:
    """The pieces that failed most often, and how many there are of all."""
    with connection.cursor() as cursor:
        cursor.execute(PIECES, [SHOWN])
        rows = cursor.fetchall()
    return [FailingPiece(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def try_failing_work_now() -> int:
    """Lets workers try at once what fails and waits for its next attempt; how many pieces."""
    return _free("attempts >= %s", [MAX_ATTEMPTS])


def try_piece_now(kind: str, subject_id: UUID) -> bool:
    """The same for one piece; False if it does not wait for another attempt."""
    return bool(_free("kind = %s AND subject_id = %s", [kind, subject_id]))


def _free(which: str, parameters: list[str | int | UUID]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE projections_work_lease"  # noqa: S608  made of constants
            " SET leased_until = now() - interval '1 second', running = false"
            f" WHERE {which} AND {HELD_BACK} AND (running OR leased_until > now())",
            parameters,
        )
        return int(cursor.rowcount)
