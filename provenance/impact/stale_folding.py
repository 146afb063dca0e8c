"""Keeps which wording is outdated, and which answers relied on it, as comparisons come in.

What stands again is no longer outdated, and the answers that relied on it are no longer stale.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.impact.events import WordingCompared
from provenance.impact.facts import Facts
from provenance.impact.folding import STRENGTH, Relied
from provenance.impact.models import WordingChange

# The first that outdated it. A passage whose place is not known counts as all of its version.
OUTDATED = """
    SELECT position, kind FROM impact_outdated o WHERE o.version_id = u.version_id
        AND (u.char_start IS NULL OR (
            u.reading = o.reading AND u.char_start < o.char_end AND u.char_end > o.char_start))
    ORDER BY position LIMIT 1
"""
STILL_OUTDATED = """
    DELETE FROM impact_outdated o WHERE document_id = %(document)s AND NOT EXISTS (
        SELECT FROM unnest(%(versions)s::uuid[], %(starts)s::integer[], %(ends)s::integer[],
                %(readings)s::text[]) AS n (version_id, char_start, char_end, reading)
        WHERE (n.version_id, n.char_start, n.char_end, n.reading)
            = (o.version_id, o.char_start, o.char_end, o.reading))
"""
NEWLY_OUTDATED = """
    INSERT INTO impact_outdated
        (version_id, char_start, char_end, reading, document_id, position, kind)
    SELECT n.*, %(document)s, %(position)s, %(kind)s
    FROM unnest(%(versions)s::uuid[], %(starts)s::integer[], %(ends)s::integer[],
        %(readings)s::text[]) AS n
    ON CONFLICT DO NOTHING
"""
NO_LONGER_STALE = f"""
    DELETE FROM impact_stale s WHERE document_id = %(document)s AND NOT EXISTS (
        SELECT FROM (SELECT * FROM impact_passage WHERE chunk_id = s.chunk_id OFFSET 0) AS u
        CROSS JOIN LATERAL ({OUTDATED}) AS o OFFSET 0)
"""  # noqa: S608  made of constants
STALE = f"""
    INSERT INTO impact_stale (output_id, chunk_id, version_id, document_id, relation, application,
        position, at, change, kind)
    SELECT p.output_id, p.chunk_id, p.version_id, p.document_id, p.relation, p.application,
        p.since, p.since_at, o.position, o.kind
    FROM {{relying}} CROSS JOIN LATERAL ({OUTDATED}) AS o
    ON CONFLICT (output_id, chunk_id) DO UPDATE SET relation = excluded.relation
    WHERE {STRENGTH.format("excluded.relation")} < {STRENGTH.format("impact_stale.relation")}
"""  # noqa: S608
STALE_BY_COMPARISON = STALE.format(
    relying="""
    (SELECT * FROM impact_passage WHERE document_id = %(document)s OFFSET 0) AS u
    CROSS JOIN LATERAL (
        SELECT *, %(position)s::bigint AS since, %(at)s::timestamptz AS since_at
        FROM impact_passage_output
        WHERE chunk_id = u.chunk_id AND relation <> 'retrieved_only' OFFSET 0) AS p
"""
)
STALE_AT_ONCE = STALE.format(
    relying="""
    unnest(%(outputs)s::uuid[], %(chunks)s::uuid[], %(positions)s::bigint[],
        %(times)s::timestamptz[]) AS n (output_id, chunk_id, position, at)
    CROSS JOIN LATERAL (
        SELECT *, n.position AS since, n.at AS since_at FROM impact_passage_output
        WHERE chunk_id = n.chunk_id AND output_id = n.output_id OFFSET 0) AS p
    CROSS JOIN LATERAL (
        SELECT * FROM impact_passage WHERE chunk_id = n.chunk_id OFFSET 0) AS u
"""
)


def compare(event: Recorded[WordingCompared]) -> None:
    """Folds a comparison; one that found nothing to compare changes nothing."""
    data = event.data
    if data.problem is not None:
        return
    facts = {
        "document": data.document_id,
        "position": event.place,
        "kind": data.kind,
        "at": event.recorded_at,
        **_stretches(read_listing(data.outdated)),
    }
    gone = _execute(STILL_OUTDATED, facts)
    new = _execute(NEWLY_OUTDATED, facts)
    if new:
        WordingChange.objects.create(
            position=event.place,
            document_id=data.document_id,
            kind=data.kind,
            standing=data.standing,
            at=event.recorded_at,
            passages=new,
        )
        _execute(STALE_BY_COMPARISON, facts)
    if gone:
        _execute(NO_LONGER_STALE, facts)


def note(relying: Iterable[Relied], facts: Facts) -> None:
    """These rely on versions of which something is outdated already: perhaps on that."""
    rows = [(each.output_id, each.chunk_id, each.since(facts)) for each in relying]
    if rows:
        outputs, chunks, positions = (list(column) for column in zip(*rows, strict=True))
        times = [facts.times[position] for position in positions]
        _execute(
            STALE_AT_ONCE,
            {"outputs": outputs, "chunks": chunks, "positions": positions, "times": times},
        )


def _stretches(rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """A row ends with a reading where it is about a text that was read anew."""
    return {
        "readings": [(*row[3:], "")[0] for row in rows],
        "versions": [row[0] for row in rows],
        "starts": [row[1] for row in rows],
        "ends": [row[2] for row in rows],
    }


def _execute(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
