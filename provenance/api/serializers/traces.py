"""The trace of an output, and what else goes back in time."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from provenance.api.serializers.shape import Answer


class SpanOut(Answer):
    """A part of a prompt's message that is a passage; offsets count that content's code points."""

    message: int
    part: int | None
    start: int
    end: int
    retrieval_id: UUID
    chunk_id: str
    version_id: UUID | None
    match: Literal["exact", "normalized"]


class DocumentVersionOut(Answer):
    """A version behind the output, and whether it still stands for its document."""

    version_id: UUID
    document_id: UUID
    version_number: int
    title: str | None
    content_sha256: str
    current: bool
    current_version_number: int | None


class SupportOut(Answer):
    """A passage that supports a sentence."""

    chunk_id: str
    version_id: UUID | None
    score: float


class AttributedSentence(Answer):
    """A sentence of the output with its support: a computed aid, not a verdict."""

    start: int
    end: int
    text: str
    supports: list[SupportOut]


class EventOut(Answer):
    """An event of the log."""

    event_id: UUID
    type: str
    position: int | None
    recorded_at: datetime


class TraceOut(Answer):
    """Everything behind an output; `missing` names what has not been recorded (yet)."""

    output: dict[str, Any]
    prompt: dict[str, Any] | None
    retrievals: list[dict[str, Any]]
    document_versions: list[DocumentVersionOut]
    attribution: list[AttributedSentence]
    events: list[EventOut]
    complete: bool
    missing: list[Any]


class ImpactRow(Answer):
    """An output that a version went into, and how far."""

    output_id: UUID
    version_id: UUID
    application: str | None
    relation: Literal["cited", "in_prompt", "retrieved_only"]
    at: datetime


class ImpactOut(Answer):
    """A page of the outputs that rest on something."""

    data: list[ImpactRow]
    next_cursor: str | None
