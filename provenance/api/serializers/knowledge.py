"""What was searchable when."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from provenance.api.serializers.shape import Answer


class KnownDocument(Answer):
    """A document and the version that stood for it, described as it was then."""

    document_id: UUID
    version_id: UUID
    version_number: int
    title: str | None
    collection: str


class ReplacedDocument(KnownDocument):
    """A document for which another version stood before."""

    previous_version_id: UUID
    previous_version_number: int


class MomentOut(Answer):
    """A moment by both clocks; position -1 is before the first event."""

    position: int
    effective_at: datetime


class KnowledgeOut(MomentOut):
    """What was searchable at a position, for an effective time."""

    data: list[KnownDocument]
    next_cursor: str | None


class KnowledgeDiffOut(Answer):
    """What differs at the later moment; a long list comes page by page, all three kinds in one."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: MomentOut = Field(alias="from")
    to: MomentOut
    added: list[KnownDocument]
    removed: list[KnownDocument]
    replaced: list[ReplacedDocument]
    next_cursor: str | None
