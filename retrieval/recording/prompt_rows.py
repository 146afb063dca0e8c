"""What the row of a prompt shows as its question and its context."""

from typing import Any

from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from retrieval.recording.events import PromptReported
from retrieval.recording.models import InteractionRetrieval

MAX_QUESTION_CHARACTERS = 2_000


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
