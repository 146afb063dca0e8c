"""Answers that rest on wording which no longer stands, as the feed tells of them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from provenance.api.serializers.shape import Answer


class StaleAnswerOut(Answer):
    """An answer, the passages of one document that it relied on, and what happened to them.

    `standing_version_id` is the version that stands instead, if any; `changed_at` is when that was
    recorded.
    """

    output_id: UUID
    application: str | None
    relation: Literal["cited", "in_prompt"]
    kind: Literal["replaced", "withdrawn", "quarantined", "expired"]
    document_id: UUID
    version_ids: list[UUID]
    chunk_ids: list[UUID]
    standing_version_id: UUID | None
    changed_at: datetime | None
    position: int
    at: datetime


class StaleAnswersOut(Answer):
    """A page of the feed; `position` is how far the log was looked at."""

    data: list[StaleAnswerOut]
    next_cursor: str | None
    position: int
