"""Keeps retrievals, prompts and outputs, and the counts of each day in step with them.

The facts may come in any order, and a reader never counts rows: whatever changes rows adds to the
days of these rows what that changed. A set of events is folded with the same few statements as one.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.coverage.days import Days
from provenance.coverage.models import CoveredOutput, CoveredPrompt, CoveredRetrieval
from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import Events
from retrieval.recording.events import OutputReported, PromptReported

# Retrievals that come to be known after what was made of them. OFFSET 0 keeps each a look-up by
# index: in a rebuild PostgreSQL has no statistics, and would read whole tables.
ANSWERED_BEFORE = """
    SELECT k.id FROM unnest(%s::uuid[]) AS k (id) WHERE EXISTS (
        SELECT FROM coverage_prompt p WHERE retrieval_ids @> ARRAY[k.id] AND EXISTS (
            SELECT FROM coverage_output WHERE prompt_id = p.prompt_id OFFSET 0) OFFSET 0)
"""
ANSWER = """
    UPDATE coverage_retrieval SET answered = TRUE
    WHERE retrieval_id = ANY(%s) AND NOT answered RETURNING day, application
"""


def place_of(event: Recorded[Any]) -> dict[str, Any]:
    """What every row says of its event."""
    return {
        "application": event.actor.application or "",
        "day": event.recorded_at.date(),
        "position": event.place,
    }


def add_prompts(events: Events[PromptReported]) -> None:
    CoveredPrompt.objects.bulk_create(
        CoveredPrompt(
            prompt_id=event.data.prompt_id,
            retrieval_ids=event.data.retrieval_ids,
            **place_of(event),
        )
        for event in events
    )


def add_outputs(events: Events[OutputReported], days: Days) -> set[UUID]:
    """The retrievals that are answered by them. Raises KeyError for one of an unknown prompt."""
    prompts = CoveredPrompt.objects.in_bulk({event.data.prompt_id for event in events})
    rows = [
        CoveredOutput(
            output_id=event.data.output_id,
            prompt_id=event.data.prompt_id,
            baseless=not prompts[event.data.prompt_id].retrieval_ids,
            **place_of(event),
        )
        for event in events
    ]
    for row in CoveredOutput.objects.bulk_create(rows):
        days.add(row.day, row.application, outputs=1, baseless=int(row.baseless))
    return {each for prompt in prompts.values() for each in prompt.retrieval_ids}


def answered_before(events: Events[Any]) -> set[UUID]:
    """Those of the retrievals that outputs came of which are known already."""
    return {row[0] for row in _execute(ANSWERED_BEFORE, [e.data.retrieval_id for e in events])}


def add_retrievals(events: Events[Any], answered: Collection[UUID], days: Days) -> None:
    rows = [
        CoveredRetrieval(
            retrieval_id=event.data.retrieval_id,
            recorded_at=event.recorded_at,
            answered=event.data.retrieval_id in answered,
            **place_of(event),
        )
        for event in events
    ]
    for row in CoveredRetrieval.objects.bulk_create(rows):
        days.add(row.day, row.application, retrievals=1, unanswered=int(not row.answered))


def answer(retrieval_ids: Collection[UUID], days: Days) -> None:
    for day, application in _execute(ANSWER, retrieval_ids):
        days.add(day, application, unanswered=-1)


def note_unresolved(found: Mapping[UUID, int], days: Days) -> None:
    """So many passages of each retrieval have no version. Raises KeyError for an unknown one."""
    rows = CoveredRetrieval.objects.in_bulk(found)
    changed = [rows[each] for each, count in found.items() if rows[each].unresolved != count]
    for row in changed:
        if not row.unresolved:
            days.add(row.day, row.application, unresolved=1)
        row.unresolved = found[row.retrieval_id]
    CoveredRetrieval.objects.bulk_update(changed, ["unresolved"])


def note_foreign(found: Mapping[UUID, int], days: Days) -> None:
    """So long is the foreign text in each prompt. Raises KeyError for an unknown one."""
    rows = CoveredPrompt.objects.in_bulk(found)
    changed = [rows[each] for each, length in found.items() if rows[each].foreign != length]
    for row in changed:
        if not row.foreign:
            days.add(row.day, row.application, foreign=1)
        row.foreign = found[row.prompt_id]
    CoveredPrompt.objects.bulk_update(changed, ["foreign"])


def _execute(statement: str, keys: Collection[UUID]) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [sorted(keys)])
        return list(cursor.fetchall())
