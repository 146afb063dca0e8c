"""Joins passages, prompts and outputs as they come to be known, and keeps the strongest relation.

The facts may come in any order: what an output's prompt and its retrievals returned is kept, and
joined whenever either side arrives. A set of events is folded with the same few statements as one.

Every look-up by a key is a LATERAL of its own, which OFFSET 0 keeps apart: a rebuild fills tables
of which PostgreSQL has no statistics, and a join that it plans by guess reads all of a table.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from provenance.impact.facts import Facts
from provenance.impact.models import UsingOutput, UsingPrompt
from provenance.impact.readings import readings_of
from retrieval.recording.events import OutputReported, PromptReported

STRENGTH = "array_position(ARRAY['cited', 'in_prompt', 'retrieved_only'], {})"
COLUMNS = "chunk_id, output_id, version_id, document_id, relation, at, position, application"
ADD_PASSAGES = """
    INSERT INTO impact_passage AS u
        (chunk_id, version_id, document_id, char_start, char_end, reading)
    SELECT * FROM unnest(
        %s::uuid[], %s::uuid[], %s::uuid[], %s::integer[], %s::integer[], %s::text[])
    ON CONFLICT (chunk_id) DO UPDATE SET char_start = excluded.char_start,
        char_end = excluded.char_end, reading = excluded.reading
    WHERE u.char_start IS NULL AND excluded.char_start IS NOT NULL
"""
ADD_RETURNED = """
    INSERT INTO impact_returned (retrieval_id, chunk_id)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[]) ON CONFLICT DO NOTHING
"""
ADD_HELD = """
    INSERT INTO impact_held (prompt_id, chunk_id)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[]) ON CONFLICT DO NOTHING
"""
RESTING_ON = """
    SELECT p.prompt_id FROM unnest(%s::uuid[]) AS k (id) CROSS JOIN LATERAL (
        SELECT prompt_id FROM impact_prompt WHERE retrieval_ids @> ARRAY[k.id] OFFSET 0) AS p
"""
OUTPUTS_OF = """
    SELECT o.output_id FROM unnest(%s::uuid[]) AS k (id) CROSS JOIN LATERAL (
        SELECT output_id FROM impact_output WHERE prompt_id = k.id OFFSET 0) AS o
"""
# Answers what changed and rests on a version of which something is outdated.
RELATE = f"""
    WITH output AS MATERIALIZED (
        SELECT o.output_id, o.prompt_id, o.at, o.position, o.application, p.retrieval_ids
        FROM unnest(%(outputs)s::uuid[]) AS k (id)
        CROSS JOIN LATERAL (SELECT * FROM impact_output WHERE output_id = k.id OFFSET 0) AS o
        CROSS JOIN LATERAL (
            SELECT retrieval_ids FROM impact_prompt WHERE prompt_id = o.prompt_id OFFSET 0) AS p
    ), found AS (
        SELECT o.*, r.chunk_id, 'returned' AS relation FROM output o
        CROSS JOIN LATERAL unnest(o.retrieval_ids) AS k (id)
        CROSS JOIN LATERAL (
            SELECT chunk_id FROM impact_returned WHERE retrieval_id = k.id OFFSET 0) AS r
        UNION ALL
        SELECT o.*, c.chunk_id, 'cited'
        FROM unnest(%(citing)s::uuid[], %(cited)s::uuid[]) AS c (output_id, chunk_id)
        JOIN output o USING (output_id)
    ), strongest AS (
        SELECT DISTINCT ON (output_id, chunk_id) * FROM found
        ORDER BY output_id, chunk_id, relation
    ), related AS (
        INSERT INTO impact_passage_output ({COLUMNS})
        SELECT s.chunk_id, s.output_id, u.version_id, u.document_id,
            CASE WHEN s.relation = 'cited' THEN 'cited' WHEN EXISTS (
                SELECT FROM impact_held
                WHERE prompt_id = s.prompt_id AND chunk_id = s.chunk_id OFFSET 0
            ) THEN 'in_prompt' ELSE 'retrieved_only' END,
            s.at, s.position, s.application
        FROM strongest s CROSS JOIN LATERAL (
            SELECT version_id, document_id FROM impact_passage
            WHERE chunk_id = s.chunk_id OFFSET 0) AS u
        ON CONFLICT (chunk_id, output_id) DO UPDATE SET relation = excluded.relation
        WHERE {STRENGTH.format("excluded.relation")}
            < {STRENGTH.format("impact_passage_output.relation")}
        RETURNING output_id, chunk_id, version_id, relation
    )
    SELECT r.output_id, r.chunk_id, r.relation, o.position, o.prompt_id, ARRAY(
        SELECT k.id FROM unnest(o.retrieval_ids) AS k (id) WHERE EXISTS (
            SELECT FROM impact_returned
            WHERE retrieval_id = k.id AND chunk_id = r.chunk_id OFFSET 0)
    )
    FROM related r JOIN output o USING (output_id)
    WHERE r.relation <> 'retrieved_only' AND EXISTS (
        SELECT FROM impact_outdated WHERE version_id = r.version_id OFFSET 0)
"""  # noqa: S608  made of constants


class Relied(NamedTuple):
    """An output that came to rely on a passage, and what joins them."""

    output_id: UUID
    chunk_id: UUID
    relation: str
    position: int
    prompt_id: UUID
    retrieval_ids: list[UUID]

    def since(self, facts: Facts) -> int:
        """The position of the last of those facts that join them: no others are newer."""
        before, chunk = -1, str(self.chunk_id)
        answered = self.position if self.position in facts.times else before
        if self.relation == "cited":
            return answered
        held = facts.held.get((self.prompt_id, chunk), before)
        returned = min(facts.returned.get((each, chunk), before) for each in self.retrieval_ids)
        return max(answered, held, returned)


def add_facts(facts: Facts) -> list[Relied]:
    """Adds them and relates what they join; answers what came to rely on outdated versions."""
    # Always in one order, so that no two writers wait in a ring.
    places = sorted(facts.places.values())
    _write(ADD_PASSAGES, list(zip(*zip(*places, strict=True), readings_of(places), strict=True)))
    _write(ADD_RETURNED, sorted(facts.returned))
    _write(ADD_HELD, sorted(facts.held))
    # Most often none: a prompt comes after what it rests on.
    resting = _ids(RESTING_ON, {retrieval_id for retrieval_id, _ in facts.returned})
    _add_prompts(facts.prompts)
    earlier = _ids(OUTPUTS_OF, {*resting, *(prompt_id for prompt_id, _ in facts.held)})
    _add_outputs(facts.outputs)
    return _relate({*earlier, *(event.data.output_id for event in facts.outputs)}, facts)


def forget_templates(prompt_ids: Collection[UUID]) -> None:
    """The keys of these prompts are gone, and what they sealed with them."""
    nothing = {"template_name": None, "template_version": None}
    outputs = _ids(OUTPUTS_OF, prompt_ids)
    UsingPrompt.objects.filter(prompt_id__in=prompt_ids).update(**nothing)
    UsingOutput.objects.filter(output_id__in=outputs).update(**nothing)


def _add_prompts(events: Iterable[Recorded[PromptReported]]) -> None:
    UsingPrompt.objects.bulk_create(
        UsingPrompt(
            prompt_id=event.data.prompt_id,
            retrieval_ids=event.data.retrieval_ids,
            template_name=template.get("name"),
            template_version=template.get("version"),
        )
        for event in events
        for template in [reveal_json(event, "template") or {}]
    )


def _add_outputs(events: Collection[Recorded[OutputReported]]) -> None:
    """With the templates of their prompts. Raises KeyError for one of an unknown prompt."""
    prompts = UsingPrompt.objects.in_bulk({event.data.prompt_id for event in events})
    UsingOutput.objects.bulk_create(
        UsingOutput(
            output_id=event.data.output_id,
            prompt_id=event.data.prompt_id,
            at=event.recorded_at,
            position=event.place,
            application=event.actor.application,
            template_name=prompt.template_name,
            template_version=prompt.template_version,
        )
        for event in events
        for prompt in [prompts[event.data.prompt_id]]
    )


def _relate(outputs: Collection[UUID], facts: Facts) -> list[Relied]:
    if not outputs:
        return []
    cited = sorted(facts.cited)
    parameters: dict[str, Any] = {
        "outputs": sorted(outputs),
        "citing": [output_id for output_id, _ in cited],
        "cited": [chunk for _, chunk in cited],
    }
    with connection.cursor() as cursor:
        cursor.execute(RELATE, parameters)
        return [Relied(*row) for row in cursor.fetchall()]


def _ids(statement: str, keys: Collection[UUID]) -> list[UUID]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(keys)])
        return [row[0] for row in cursor.fetchall()]


def _write(statement: str, rows: list[Any]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
