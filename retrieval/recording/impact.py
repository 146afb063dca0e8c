"""Folds which versions went into which output, and keeps the strongest relation of each pair.

The facts may come in any order: what an output's prompt and its retrievals returned is kept, and
joined whenever either side arrives.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection

# A version and its document.
Pair = tuple[str, str]

INSERT = """
INSERT INTO recording_version_output
    (version_id, output_id, document_id, relation, at, position, application)
SELECT DISTINCT ON (v.version_id, o.output_id)
    v.version_id, o.output_id, v.document_id, {relation}, o.recorded_at, o.position, o.application
FROM {source} WHERE {condition} ORDER BY v.version_id, o.output_id
ON CONFLICT (version_id, output_id) DO UPDATE SET relation = excluded.relation
WHERE array_position(ARRAY['cited', 'in_prompt', 'retrieved_only'], excluded.relation)
    < array_position(
        ARRAY['cited', 'in_prompt', 'retrieved_only'], recording_version_output.relation
    )
"""
RETRIEVED = (
    "recording_output o JOIN recording_prompt p USING (prompt_id)"
    " JOIN recording_retrieval_version v ON v.retrieval_id = ANY(p.retrieval_ids)"
)
IN_PROMPT = f"{RETRIEVED} JOIN recording_prompt_version i USING (prompt_id, version_id)"


def add_retrieval_versions(retrieval_id: UUID, versions: Iterable[Pair]) -> None:
    """A retrieval returned these versions; outputs may rest on it already."""
    pairs = sorted(versions)
    if not pairs:
        return
    _execute(
        "INSERT INTO recording_retrieval_version (retrieval_id, version_id, document_id)"
        " SELECT %s, * FROM unnest(%s::uuid[], %s::uuid[]) ON CONFLICT DO NOTHING",
        [retrieval_id, *map(list, zip(*pairs, strict=True))],
    )
    condition = "v.retrieval_id = %s AND p.retrieval_ids @> ARRAY[%s]::uuid[]"
    _relate("'retrieved_only'", RETRIEVED, condition, [retrieval_id, retrieval_id])


def add_prompt_versions(prompt_id: UUID, versions: Collection[str]) -> None:
    """A prompt holds something of these versions."""
    if not versions:
        return
    _execute(
        "INSERT INTO recording_prompt_version (prompt_id, version_id)"
        " SELECT %s, unnest(%s::uuid[]) ON CONFLICT DO NOTHING",
        [prompt_id, sorted(versions)],
    )
    _relate("'in_prompt'", IN_PROMPT, "o.prompt_id = %s", [prompt_id])


def add_output(output_id: UUID) -> None:
    """An output was reported: what its prompt and retrievals are known to hold went into it."""
    _relate("'retrieved_only'", RETRIEVED, "o.output_id = %s", [output_id])
    _relate("'in_prompt'", IN_PROMPT, "o.output_id = %s", [output_id])


def add_cited(output_id: UUID, versions: Iterable[Pair]) -> None:
    """The model named these versions itself."""
    pairs = sorted(versions)
    if pairs:
        source = (
            "recording_output o CROSS JOIN unnest(%s::uuid[], %s::uuid[])"
            " AS v (version_id, document_id)"
        )
        columns = [list(column) for column in zip(*pairs, strict=True)]
        _relate("'cited'", source, "o.output_id = %s", [*columns, output_id])


def _relate(relation: str, source: str, condition: str, parameters: list[Any]) -> None:
    statement = INSERT.format(relation=relation, source=source, condition=condition)
    _execute(statement, parameters)


def _execute(statement: str, parameters: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
