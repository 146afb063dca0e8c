"""Writes the row of an output, with the words by which it is found."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Value

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json, reveal_text
from retrieval.recording.events import OutputAttributed, OutputReported
from retrieval.recording.known_versions import as_uuid
from retrieval.recording.models import (
    SEARCH_CONFIGURATION,
    InteractionOutput,
    InteractionPrompt,
)

# PostgreSQL holds at most one mebibyte of distinct words.
MAX_SEARCHED_CHARACTERS = 100_000
REWRITE = """
    UPDATE recording_output AS o SET
        question = n.question, text = n.text, words = to_tsvector(%s::regconfig, n.searched),
        conversation_id = n.conversation_id, turn = n.turn,
        parent_output_id = n.parent_output_id, user_ref = n.user_ref,
        subject_refs = ARRAY(SELECT jsonb_array_elements_text(n.subject_refs)),
        tags = ARRAY(SELECT jsonb_array_elements_text(n.tags))
    FROM jsonb_to_recordset(%s::jsonb) AS n (
        output_id uuid, question text, text text, searched text, conversation_id text,
        turn integer, parent_output_id uuid, user_ref text, subject_refs jsonb, tags jsonb)
    WHERE o.output_id = n.output_id
"""


def insert_outputs(events: Sequence[Recorded[OutputReported]]) -> None:
    prompts = InteractionPrompt.objects.in_bulk({event.data.prompt_id for event in events})
    InteractionOutput.objects.bulk_create(
        _row(event, prompts[event.data.prompt_id]) for event in events
    )


def _row(event: Recorded[OutputReported], prompt: InteractionPrompt) -> InteractionOutput:
    data, words = event.data, _words(event, prompt)
    searched = words.pop("searched")
    return InteractionOutput(
        output_id=data.output_id,
        position=event.place,
        recorded_at=event.recorded_at,
        occurred_at=event.occurred_at,
        application=event.actor.application,
        correlation_id=event.correlation_id,
        prompt_id=data.prompt_id,
        model=data.model,
        status=data.status,
        choice=data.choice,
        replaces=data.replaces,
        imported=data.imported,
        words=SearchVector(Value(searched), config=SEARCH_CONFIGURATION),
        **words,
    )


def note_support(attributions: Iterable[OutputAttributed]) -> None:
    """How many sentences each output has, and how many of them nothing supports."""
    told = {each.output_id: (each.sentences.length, each.unsupported) for each in attributions}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recording_output AS o SET sentences = n.sentences, unsupported = n.unsupported"
            " FROM unnest(%s::uuid[], %s::integer[], %s::integer[])"
            " AS n (output_id, sentences, unsupported) WHERE o.output_id = n.output_id",
            [list(told), *map(list, zip(*told.values(), strict=True))],
        )


def rewrite_outputs(
    rows: Iterable[tuple[UUID, Recorded[OutputReported] | None, InteractionPrompt]],
) -> None:
    """Writes the words of rows anew: output id, its event if it has words, its prompt."""
    anew = [{"output_id": id_, **_words(event, prompt)} for id_, event, prompt in rows]
    with connection.cursor() as cursor:
        cursor.execute(REWRITE, [SEARCH_CONFIGURATION, orjson.dumps(anew).decode()])


def _words(event: Recorded[OutputReported] | None, prompt: InteractionPrompt) -> dict[str, Any]:
    text = (reveal_text(event, "text") if event else None) or ""
    context = (reveal_json(event, "context") if event else None) or {}
    return {
        "question": prompt.question,
        "text": text,
        "searched": f"{prompt.question}\n{text}"[:MAX_SEARCHED_CHARACTERS],
        **_context({**prompt.context, **context}),
    }


def _context(context: dict[str, Any]) -> dict[str, Any]:
    return {
        "conversation_id": context.get("conversation_id"),
        "turn": context.get("turn"),
        "parent_output_id": as_uuid(context.get("parent_output_id")),
        "user_ref": context.get("user_ref"),
        "subject_refs": context.get("subject_refs") or [],
        "tags": context.get("tags") or [],
    }
