"""Folds which versions went into which output, and keeps the strongest relation of each pair.

The facts may come in any order: what an output's prompt and its retrievals returned is kept, and
joined whenever either side arrives.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

STRENGTH = "array_position(ARRAY['cited', 'in_prompt', 'retrieved_only'], {})"
KEEP_STRONGEST = f"""
    ON CONFLICT (version_id, output_id) DO UPDATE SET relation = excluded.relation
    WHERE {STRENGTH.format("excluded.relation")}
        < {STRENGTH.format("recording_version_output.relation")}
"""
COLUMNS = "version_id, output_id, document_id, relation, at, position, application"
# From each output an index leads to its prompt and on to its few versions.
RELATE = f"""
    INSERT INTO recording_version_output ({COLUMNS})
    SELECT DISTINCT ON (v.version_id, o.output_id)
        v.version_id, o.output_id, v.document_id,
        CASE WHEN i.version_id IS NULL THEN 'retrieved_only' ELSE 'in_prompt' END,
        o.recorded_at, o.position, o.application
    FROM recording_output o JOIN recording_prompt p USING (prompt_id)
    CROSS JOIN LATERAL unnest(p.retrieval_ids) AS r (retrieval_id)
    JOIN recording_retrieval_version v ON v.retrieval_id = r.retrieval_id
    LEFT JOIN recording_prompt_version i
        ON i.prompt_id = o.prompt_id AND i.version_id = v.version_id
    WHERE {{condition}} ORDER BY v.version_id, o.output_id
    {KEEP_STRONGEST}
"""  # noqa: S608  made of constants
RELATE_CITED = f"""
    INSERT INTO recording_version_output ({COLUMNS})
    SELECT c.version_id, o.output_id, c.document_id,
        'cited', o.recorded_at, o.position, o.application
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS c (output_id, version_id, document_id)
    JOIN recording_output o USING (output_id)
    {KEEP_STRONGEST}
"""  # noqa: S608


def add_retrieval_versions(found: Iterable[tuple[UUID, str, str]]) -> None:
    """Retrievals returned versions of documents; outputs may rest on them already."""
    rows = sorted(set(found))
    if not rows:
        return
    _execute(
        "INSERT INTO recording_retrieval_version (retrieval_id, version_id, document_id)"
        " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) ON CONFLICT DO NOTHING",
        _columns(rows),
    )
    retrievals = list({row[0] for row in rows})
    # Looked up by themselves: no plan that joins them guesses how few they are.
    prompts = _ids(
        "SELECT prompt_id FROM recording_prompt WHERE retrieval_ids && %s::uuid[]", [retrievals]
    )
    if prompts:
        condition = "o.prompt_id = ANY(%s) AND v.retrieval_id = ANY(%s)"
        _execute(RELATE.format(condition=condition), [prompts, retrievals])


def add_prompt_versions(held: Iterable[tuple[UUID, str]]) -> None:
    """Prompts hold something of versions."""
    rows = sorted(set(held))
    if not rows:
        return
    _execute(
        "INSERT INTO recording_prompt_version (prompt_id, version_id)"
        " SELECT * FROM unnest(%s::uuid[], %s::uuid[]) ON CONFLICT DO NOTHING",
        _columns(rows),
    )
    _execute(RELATE.format(condition="o.prompt_id = ANY(%s)"), [list({row[0] for row in rows})])


def relate_outputs(output_ids: list[UUID]) -> None:
    """Outputs were reported: what their prompts and retrievals are known to hold went into them."""
    _execute(RELATE.format(condition="o.output_id = ANY(%s)"), [output_ids])


def add_cited(cited: Iterable[tuple[UUID, str, str]]) -> None:
    """The model itself named these versions of documents for an output."""
    rows = sorted(set(cited))
    if rows:
        _execute(RELATE_CITED, _columns(rows))


def _columns(rows: list[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _ids(statement: str, parameters: list[Any]) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [row[0] for row in cursor.fetchall()]


def _execute(statement: str, parameters: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
