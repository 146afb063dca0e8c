"""What of a range may leave the database: whole interactions that nothing keeps here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from provenance.cases.models import CaseEntry
from provenance.cases.reading import gathered
from provenance.projections.models import PendingWork
from provenance.review.finding import around_outputs, find
from provenance.review.holds import standing_holds

REACHES_OUT = "reaches out of the range"
HELD = "a legal hold stands"
IN_CASE = "it is in an open case"
UNFINISHED = "work on it is not done"

STREAMS = """
SELECT touched.stream, EXISTS (
    SELECT FROM eventstore_event AS e LEFT JOIN eventstore_position AS p USING (seq)
    WHERE e.stream = touched.stream AND e.type <> 'SubjectKeyDestroyed'
      AND (p.position IS NULL OR p.position < %(first)s OR p.position >= %(end)s))
FROM (
    SELECT DISTINCT e.stream FROM eventstore_position AS p JOIN eventstore_event AS e USING (seq)
    WHERE p.position >= %(first)s AND p.position < %(end)s AND e.canonical <> ''
      AND e.stream ~ '^(retrieval|prompt|output)-'
) AS touched
ORDER BY touched.stream
"""
POSITIONS = """
SELECT p.position FROM eventstore_position AS p JOIN eventstore_event AS e USING (seq)
WHERE p.position >= %s AND p.position < %s AND e.stream = ANY(%s)
  AND e.type <> 'SubjectKeyDestroyed' AND e.canonical <> ''
ORDER BY p.position
"""


@dataclass
class Choice:
    """The streams of interactions that may go, and why each other one stays."""

    first: int
    end: int
    streams: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def runs(self) -> list[list[int]]:
        """`[first, until)` of the positions that go."""
        with connection.cursor() as cursor:
            cursor.execute(POSITIONS, [self.first, self.end, self.streams])
            return list(_runs(row[0] for row in cursor.fetchall()))


def choose(first: int, end: int) -> Choice:
    """Of the positions `[first, end)`, as the log and the read models stand."""
    choice = Choice(first, end)
    reasons = {
        **dict.fromkeys(_unfinished(), UNFINISHED),
        **dict.fromkeys(_in_open_cases(), IN_CASE),
        **dict.fromkeys(_held(), HELD),
    }
    with connection.cursor() as cursor:
        cursor.execute(STREAMS, {"first": first, "end": end})
        for stream, reaches_out in cursor.fetchall():
            reason = REACHES_OUT if reaches_out else reasons.get(stream)
            if reason:
                choice.kept[stream] = reason
            else:
                choice.streams.append(stream)
    return choice


def _held() -> Iterator[str]:
    for _, target in standing_holds():
        found = find(target)
        yield from (record.stream for record in (*found.records, *found.left_out))


def _in_open_cases() -> Iterator[str]:
    open_cases = CaseEntry.objects.filter(closed_at=None).values("case_id")
    outputs = gathered().filter(case_id__in=open_cases)
    found = around_outputs(outputs.values_list("output_id", flat=True))
    yield from (record.stream for record in (*found.records, *found.left_out))


def _unfinished() -> Iterator[str]:
    for subject_id in PendingWork.objects.values_list("subject_id", flat=True):
        yield from (f"{kind}-{subject_id}" for kind in ("retrieval", "prompt", "output"))


def _runs(positions: Iterable[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for position in positions:
        if run and position == run[1]:
            run[1] += 1
            continue
        if run:
            yield run
        run = [position, position + 1]
    if run:
        yield run
