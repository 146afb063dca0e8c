"""Writes the row of an output, with the words by which it is found."""

from typing import Any

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
    text = reveal_text(event, "text") or ""
    searched = f"{prompt.question}\n{text}"[:MAX_SEARCHED_CHARACTERS]
    InteractionOutput.objects.create(
        output_id=data.output_id,
        position=event.place,
        recorded_at=event.recorded_at,
        occurred_at=event.occurred_at,
        application=event.actor.application,
        correlation_id=event.correlation_id,
        prompt_id=data.prompt_id,
        question=prompt.question,
        text=text,
        model=data.model,
        status=data.status,
        choice=data.choice,
        replaces=data.replaces,
        imported=data.imported,
        words=SearchVector(Value(searched), config=SEARCH_CONFIGURATION),
        **_context({**prompt.context, **(reveal_json(event, "context") or {})}),
    )


def _context(context: dict[str, Any]) -> dict[str, Any]:
    return {
        "conversation_id": context.get("conversation_id"),
        "turn": context.get("turn"),
        "parent_output_id": as_uuid(context.get("parent_output_id")),
        "user_ref": context.get("user_ref"),
        "subject_refs": context.get("subject_refs") or [],
        "tags": context.get("tags") or [],
    }
