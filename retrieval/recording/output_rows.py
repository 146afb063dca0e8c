"""Writes the row of an output, with the words by which it is found."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json, reveal_text
from retrieval.recording.events import OutputReported
from retrieval.recording.known_versions import as_uuid
from retrieval.recording.models import InteractionOutput, InteractionPrompt

# How words are cut and stemmed; queries must say the same.
SEARCH_CONFIGURATION = "english"
# PostgreSQL holds at most one mebibyte of distinct words.
MAX_SEARCHED_CHARACTERS = 100_000


def insert_output(event: Recorded[OutputReported]) -> None:
    data = event.data
    prompt = InteractionPrompt.objects.get(prompt_id=data.prompt_id)
    InteractionOutput.objects.create(
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
        **_words(event, prompt),
    )


def rewrite_output(
    output_id: UUID, event: Recorded[OutputReported] | None, prompt: InteractionPrompt
) -> None:
    """Writes the row's words anew; None in place of the event: the output has none of its own."""
    InteractionOutput.objects.filter(output_id=output_id).update(**_words(event, prompt))


def _words(event: Recorded[OutputReported] | None, prompt: InteractionPrompt) -> dict[str, Any]:
    text = (reveal_text(event, "text") if event else None) or ""
    context = (reveal_json(event, "context") if event else None) or {}
    searched = f"{prompt.question}\n{text}"[:MAX_SEARCHED_CHARACTERS]
    return {
        "question": prompt.question,
        "text": text,
        "words": SearchVector(Value(searched), config=SEARCH_CONFIGURATION),
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
