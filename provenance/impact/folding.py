"""Joins passages, prompts and outputs as they come to be known, and keeps the strongest relation.

The facts may come in any order: what an output's prompt and its retrievals returned is kept, and
joined whenever either side arrives.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.impact.models import UsingPrompt

# Chunk, version, document, start, end.
Place = tuple[str, str, str, int | None, int | None]

STRENGTH = "array_position(ARRAY['cited', 'in_prompt', 'retrieved_only'], {})"
KEEP_STRONGEST = f"""
    ON CONFLICT (chunk_id, output_id) DO UPDATE SET relation = excluded.relation
    WHERE {STRENGTH.format("excluded.relation")}
        < {STRENGTH.format("impact_passage_output.relation")}
"""
COLUMNS = "chunk_id, output_id, version_id, document_id, relation, at, position, application"
RELATE = f"""
    INSERT INTO impact_passage_output ({COLUMNS})
    SELECT DISTINCT ON (r.chunk_id, o.output_id)
        r.chunk_id, o.output_id, u.version_id, u.document_id,
        CASE WHEN h.chunk_id IS NULL THEN 'retrieved_only' ELSE 'in_prompt' END,
        o.at, o.position, o.application
    FROM impact_output o JOIN impact_prompt p USING (prompt_id)
    JOIN impact_returned r ON r.retrieval_id = ANY(p.retrieval_ids)
    JOIN impact_passage u ON u.chunk_id = r.chunk_id
    LEFT JOIN impact_held h ON h.prompt_id = o.prompt_id AND h.chunk_id = r.chunk_id
    WHERE {{condition}} ORDER BY r.chunk_id, o.output_id
    {KEEP_STRONGEST}
"""  # noqa: S608  made of constants
RELATE_CITED = f"""
    INSERT INTO impact_passage_output ({COLUMNS})
    SELECT u.chunk_id, o.output_id, u.version_id, u.document_id,
        'cited', o.at, o.position, o.application
    FROM impact_output o JOIN impact_passage u ON u.chunk_id = ANY(%s::uuid[])
    WHERE o.output_id = %s
    {KEEP_STRONGEST}
"""  # noqa: S608
ADD_PASSAGES = """
    INSERT INTO impact_passage AS u (chunk_id, version_id, document_id, char_start, char_end)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::integer[], %s::integer[])
    ON CONFLICT (chunk_id) DO UPDATE SET
        char_start = excluded.char_start, char_end = excluded.char_end
    WHERE u.char_start IS NULL AND excluded.char_start IS NOT NULL
"""


def add_returned(retrieval_id: UUID, places: Iterable[Place]) -> bool:
    """A retrieval returned these passages; whether an output rests on it already."""
    chunks = _add_passages(places)
    if not chunks:
        return False
    _execute(
        "INSERT INTO impact_returned (retrieval_id, chunk_id)"
        " SELECT %s, unnest(%s::uuid[]) ON CONFLICT DO NOTHING",
        [retrieval_id, chunks],
    )
    # Looked up by themselves: no plan that joins them guesses how few they are.
    resting = UsingPrompt.objects.filter(retrieval_ids__contains=[retrieval_id])
    prompts = list(resting.values_list("prompt_id", flat=True))
    if not prompts:
        return False
    condition = "r.retrieval_id = %s AND o.prompt_id = ANY(%s)"
    return _execute(RELATE.format(condition=condition), [retrieval_id, prompts]) > 0


def add_held(prompt_id: UUID, chunks: Collection[str]) -> bool:
    """A prompt holds something of these passages; whether that changed what outputs rest on."""
    if not chunks:
        return False
    _execute(
        "INSERT INTO impact_held (prompt_id, chunk_id)"
        " SELECT %s, unnest(%s::uuid[]) ON CONFLICT DO NOTHING",
        [prompt_id, sorted(chunks)],
    )
    return _execute(RELATE.format(condition="o.prompt_id = %s"), [prompt_id]) > 0


def relate_output(output_id: UUID) -> None:
    """An output was reported: what its retrievals returned is related to it."""
    _execute(RELATE.format(condition="o.output_id = %s"), [output_id])


def add_cited(output_id: UUID, places: Iterable[Place]) -> None:
    """The model named these passages itself."""
    chunks = _add_passages(places)
    if chunks:
        _execute(RELATE_CITED, [chunks, output_id])


def forget_templates(prompt_ids: Collection[UUID]) -> None:
    """The keys of these prompts are gone, and what they sealed with them."""
    for table in ("impact_prompt", "impact_output"):
        _execute(
            f"UPDATE {table} SET template_name = NULL, template_version = NULL"  # noqa: S608
            " WHERE prompt_id = ANY(%s) AND template_name IS NOT NULL",
            [list(prompt_ids)],
        )


def _add_passages(places: Iterable[Place]) -> list[str]:
    """Their chunk ids, each once; always in one order, so that no two writers wait in a ring."""
    rows = sorted({place[0]: place for place in places}.values())
    if rows:
        _execute(ADD_PASSAGES, [list(column) for column in zip(*rows, strict=True)])
    return [row[0] for row in rows]


def _execute(statement: str, parameters: list[Any]) -> int:
    """How many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
