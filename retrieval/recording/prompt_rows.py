"""Writes the row of a prompt, with what it shows as its question and its context."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from retrieval.recording.events import PromptAssembled, PromptReported
from retrieval.recording.models import InteractionPrompt, InteractionRetrieval

MAX_QUESTION_CHARACTERS = 2_000


def insert_prompts(events: Sequence[Recorded[PromptReported]]) -> None:
    firsts = InteractionRetrieval.objects.in_bulk(
        {first for event in events for first in event.data.retrieval_ids[:1]}
    )
    InteractionPrompt.objects.bulk_create(_row(event, firsts) for event in events)


def _row(
    event: Recorded[PromptReported], firsts: Mapping[UUID, InteractionRetrieval]
) -> InteractionPrompt:
    retrieval_ids = event.data.retrieval_ids
    first = firsts.get(retrieval_ids[0]) if retrieval_ids else None
    question, context = question_and_context(event, first)
    return InteractionPrompt(
        prompt_id=event.data.prompt_id,
        position=event.place,
        recorded_at=event.recorded_at,
        application=event.actor.application,
        correlation_id=event.correlation_id,
        retrieval_ids=retrieval_ids,
        question=question,
        context=context,
        imported=event.data.imported,
    )


def note_maps(maps: Iterable[PromptAssembled]) -> None:
    """How many spans of each prompt are known, and how many passages are not in it."""
    told = {each.prompt_id: (each.spans.length, each.absent.length) for each in maps}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recording_prompt AS p SET spans = n.spans, absent = n.absent"
            " FROM unnest(%s::uuid[], %s::integer[], %s::integer[]) AS n (prompt_id, spans, absent)"
            " WHERE p.prompt_id = n.prompt_id",
            [list(told), *map(list, zip(*told.values(), strict=True))],
        )


def rewrite_prompts(
    rows: Iterable[tuple[UUID, Recorded[PromptReported] | None, InteractionRetrieval | None]],
) -> None:
    """Writes question and context anew: prompt id, its event if it has words, first retrieval."""
    told = [(id_, *question_and_context(event, first)) for id_, event, first in rows]
    anew = [{"prompt_id": id_, "question": asked, "context": c} for id_, asked, c in told]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recording_prompt AS p SET question = n.question, context = n.context"
            " FROM jsonb_to_recordset(%s::jsonb)"
            " AS n (prompt_id uuid, question text, context jsonb)"
            " WHERE p.prompt_id = n.prompt_id",
            [orjson.dumps(anew).decode()],
        )


def question_and_context(
    event: Recorded[PromptReported] | None, first: InteractionRetrieval | None
) -> tuple[str, dict[str, Any]]:
    """From its first retrieval and its own words; None in place of the event: it has none."""
    messages = reveal_json(event, "messages") if event else None
    context = reveal_json(event, "context") if event else None
    return (
        (first and first.query) or _last_said(messages or ()),
        {**(first.context if first else {}), **(context or {})},
    )


def _last_said(messages: Any) -> str:
    """The end of what the person said last, for prompts without a retrieval."""
    for message in reversed(messages):
        content = message.get("content")
        if message.get("role") == "user" and isinstance(content, str):
            return content[-MAX_QUESTION_CHARACTERS:]
    return ""
