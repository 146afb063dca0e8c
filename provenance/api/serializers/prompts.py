"""Prompts: what was sent to the model."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from provenance.api.fields import (
    Id,
    Instant,
    Rank,
    Score,
    ShortLine,
    at_most_bytes,
    at_most_json_bytes,
    bounded_json,
)
from provenance.api.problems import BadField
from provenance.api.serializers.context import Context, SequenceNumber
from provenance.api.serializers.shape import Answer, Input

MAX_MESSAGES = 10_000


def check_content(content: Any) -> Any:
    """A text, null, or parts, each an object with a type, as OpenAI's chat format has it."""
    if content is None or isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise PydanticCustomError("content", "must be a text, null or a list of parts")
    for index, part in enumerate(content):
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            raise PydanticCustomError("part", "part {index} has no type", {"index": index})
        if part["type"] == "text" and not isinstance(part.get("text"), str):
            raise PydanticCustomError("part", "part {index} has no text", {"index": index})
    return content


class Message(Input):
    """An OpenAI chat message; members that this interface does not know are kept."""

    model_config = ConfigDict(extra="allow")

    role: ShortLine
    content: Annotated[
        Any,
        AfterValidator(check_content),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string"},
                    {"type": "null"},
                    {"type": "array", "items": {"type": "object"}},
                ]
            }
        ),
    ] = None


class SelectedChunk(Input):
    """A passage that the application kept, after reranking for example."""

    retrieval_id: Id
    chunk_id: ShortLine
    rank: Rank
    score: Score | None = None
    stage: ShortLine | None = None


class Template(Input):
    """The application's own prompt template."""

    name: ShortLine
    version: ShortLine


class PromptIn(Input):
    """A prompt and the retrievals it was assembled from: `messages`, or one `text`."""

    retrieval_ids: list[Id]
    messages: (
        Annotated[
            list[Message],
            BeforeValidator(bounded_json("MAX_PROMPT_BYTES")),
            Field(min_length=1, max_length=MAX_MESSAGES),
        ]
        | None
    ) = None
    text: Annotated[str, at_most_bytes("MAX_PROMPT_BYTES")] | None = None
    tools: Annotated[list[dict[str, Any]], at_most_json_bytes("MAX_PROMPT_BYTES")] | None = None
    selection: Annotated[list[SelectedChunk], Field(max_length=1000)] | None = None
    template: Template | None = None
    model: ShortLine | None = None
    occurred_at: Instant | None = None
    context: Context | None = None
    sequence_number: SequenceNumber | None = None
    correlation_id: Id | None = None
    prompt_id: Id | None = None

    def contradictions(self) -> Iterator[BadField]:
        if self.messages is None and self.text is None:
            yield BadField(("messages",), "is required, unless text is given")
        if self.messages is not None and self.text is not None:
            yield BadField(("text",), "is given beside messages")
        most = settings.MAX_PROMPT_RETRIEVALS
        if len(self.retrieval_ids) > most:
            yield BadField(("retrieval_ids",), f"names more than {most} retrievals")
        if len(set(self.retrieval_ids)) < len(self.retrieval_ids):
            yield BadField(("retrieval_ids",), "names a retrieval twice")
        for index, chunk in enumerate(self.selection or ()):
            if chunk.retrieval_id not in self.retrieval_ids:
                yield BadField(("selection", index, "retrieval_id"), "is not among retrieval_ids")


class PromptRecordedOut(Answer):
    """The prompt is in the log; its map to the passages follows."""

    prompt_id: UUID
    correlation_id: UUID | None


class PromptOut(Answer):
    """A prompt as it was recorded."""

    prompt_id: UUID
    correlation_id: UUID | None
    retrieval_ids: list[UUID]
    messages: list[dict[str, Any]] | None
    text: str | None
    tools: list[dict[str, Any]] | None
    selection: list[dict[str, Any]] | None
    template: dict[str, Any] | None
    model: str | None
    application: str | None
    occurred_at: datetime
    recorded_at: datetime
    context: dict[str, Any] | None
    imported: bool
