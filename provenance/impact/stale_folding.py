"""Keeps which wording is outdated, and which answers relied on it, as comparisons come in.

What stands again is no longer outdated, and the answers that relied on it are no longer stale.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.impact.events import WordingCompared
from provenance.impact.folding import STRENGTH
from provenance.impact.models import WordingChange

# A passage whose place is not known counts as all of its version.
OVERLAP = """
    o.version_id = u.version_id
    AND (u.char_start IS NULL OR (u.char_start < o.char_end AND u.char_end > o.char_start))
"""
STILL_OUTDATED = """
    DELETE FROM impact_outdated o WHERE document_id = %(document)s AND NOT EXISTS (
        SELECT FROM unnest(%(versions)s::uuid[], %(starts)s::integer[], %(ends)s::integer[])
            AS n (version_id, char_start, char_end)
        WHERE (n.version_id, n.char_start, n.char_end) = (o.version_id, o.char_start, o.char_end))
"""
NEWLY_OUTDATED = """
    INSERT INTO impact_outdated (version_id, char_start, char_end, document_id, position, kind)
    SELECT n.*, %(document)s, %(position)s, %(kind)s
    FROM unnest(%(versions)s::uuid[], %(starts)s::integer[], %(ends)s::integer[]) AS n
    ON CONFLICT DO NOTHING
"""
NO_LONGER_STALE = f"""
    DELETE FROM impact_stale s WHERE document_id = %(document)s AND NOT EXISTS (
        SELECT FROM impact_passage u JOIN impact_outdated o ON {OVERLAP}
        WHERE u.chunk_id = s.chunk_id)
"""  # noqa: S608  made of constants
STALE = f"""
    INSERT INTO impact_stale (output_id, chunk_id, version_id, document_id, relation, application,
        position, at, change, kind)
    SELECT DISTINCT ON (p.output_id, p.chunk_id)
        p.output_id, p.chunk_id, p.version_id, p.document_id, p.relation, p.application,
        %(position)s, %(at)s, o.position, o.kind
    FROM impact_passage_output p
    JOIN impact_passage u USING (chunk_id)
    JOIN impact_outdated o ON {OVERLAP}
    WHERE p.relation <> 'retrieved_only' AND {{condition}}
    ORDER BY p.output_id, p.chunk_id, o.position
    ON CONFLICT (output_id, chunk_id) DO UPDATE SET relation = excluded.relation
    WHERE {STRENGTH.format("excluded.relation")} < {STRENGTH.format("impact_stale.relation")}
"""  # noqa: S608
OF_DOCUMENT = "u.document_id = %(document)s"
OF_OUTPUT = "p.output_id = %(output)s"
OF_PROMPT = "p.output_id IN (SELECT output_id FROM impact_output WHERE prompt_id = %(prompt)s)"
OF_RETRIEVAL = """
    p.output_id IN (SELECT i.output_id FROM impact_output i JOIN impact_prompt q USING (prompt_id)
        WHERE q.retrieval_ids @> ARRAY[%(retrieval)s]::uuid[])
"""


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
        _execute(STALE.format(condition=OF_DOCUMENT), facts)
    if gone:
        _execute(NO_LONGER_STALE, facts)


def note_output(output_id: UUID, position: int, at: datetime) -> None:
    """An output was reported that may rest on wording which is outdated already."""
    _note(OF_OUTPUT, position, at, output=output_id)


def note_prompt(prompt_id: UUID, position: int, at: datetime) -> None:
    """It came to be known what a prompt holds."""
    _note(OF_PROMPT, position, at, prompt=prompt_id)


def note_retrieval(retrieval_id: UUID, position: int, at: datetime) -> None:
    """It came to be known what a retrieval returned."""
    _note(OF_RETRIEVAL, position, at, retrieval=retrieval_id)


def _note(condition: str, position: int, at: datetime, **subject: UUID) -> None:
    _execute(STALE.format(condition=condition), {"position": position, "at": at, **subject})


def _stretches(rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {
        "versions": [row[0] for row in rows],
        "starts": [row[1] for row in rows],
        "ends": [row[2] for row in rows],
    }


def _execute(statement: str, parameters: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
