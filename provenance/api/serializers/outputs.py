"""Outputs: what the model answered."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from provenance.api.fields import (
    Id,
    Instant,
    Metadata,
    OutputText,
    ShortLine,
    at_most_json_bytes,
)
from provenance.api.problems import BadField
from provenance.api.serializers.context import Context, SequenceNumber
from provenance.api.serializers.shape import Answer, Input

OutputStatus = Literal["complete", "truncated", "aborted", "refused", "failed"]
Offset = Annotated[int, Field(ge=0)]
MAX_CITATIONS = 1000


class Citation(Input):
    """What the model itself says that a part of its answer rests on."""

    start: Offset | None = None
    end: Offset | None = None
    quote: OutputText | None = None
    chunk_id: ShortLine | None = None
    version_id: Id | None = None
    external_id: ShortLine | None = None


class OutputIn(Input):
    """An answer of a model to a recorded prompt, reported once, at its end or break."""

    prompt_id: Id
    text: OutputText
    model: ShortLine
    status: OutputStatus = "complete"
    delivered_text: Annotated[OutputText, Field(description="what the person saw")] | None = None
    tool_calls: Annotated[list[dict[str, Any]], at_most_json_bytes("MAX_OUTPUT_BYTES")] | None = (
        None
    )
    choice: Annotated[int, Field(ge=0, le=1000)] = 0
    replaces: Id | None = None
    provider: ShortLine | None = None
    response_id: ShortLine | None = None
    parameters: Metadata | None = None
    usage: Metadata | None = None
    finish_reason: ShortLine | None = None
    citations: Annotated[list[Citation], Field(max_length=MAX_CITATIONS)] | None = None
    occurred_at: Instant | None = None
    context: Context | None = None
    sequence_number: SequenceNumber | None = None
    correlation_id: Id | None = None
    output_id: Id | None = None

    def contradictions(self) -> Iterator[BadField]:
        for index, citation in enumerate(self.citations or ()):
            at = ("citations", index)
            if not (citation.chunk_id or citation.version_id or citation.external_id):
                yield BadField(at, "names no chunk_id, version_id or external_id")
            start, end = citation.start, citation.end
            if (start is None) != (end is None):
                yield BadField(at, "has only one of start and end")
            elif start is not None and end is not None and not start <= end <= len(self.text):
                yield BadField(at, "is not a span of the text")


class OutputRecordedOut(Answer):
    """The output is in the log; `trace_url` opens its trace in a browser."""

    output_id: UUID
    correlation_id: UUID | None
    trace_url: str


class OutputRow(Answer):
    """An output as a list shows it."""

    output_id: UUID
    prompt_id: UUID
    position: int
    recorded_at: datetime
    occurred_at: datetime | None
    application: str | None
    correlation_id: UUID | None
    model: str
    status: OutputStatus
    text: str
    conversation_id: str | None
    turn: int | None
    sentences: int | None
    unsupported: int | None
    imported: bool


class OutputListOut(Answer):
    """A page of outputs."""

    data: list[OutputRow]
    next_cursor: str | None
