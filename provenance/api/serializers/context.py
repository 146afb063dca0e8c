"""What every recording request may say about its conversation, its people and its tags."""

from typing import Annotated

from pydantic import Field

from provenance.api.fields import Id, ShortLine
from provenance.api.serializers.shape import Input

MAX_REFS = 16
# What every language and JSON parser counts exactly.
MAX_NUMBER = 2**53 - 1
SequenceNumber = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_NUMBER,
        description="the application's own count of its records, one higher for each: gaps show"
        " what was never recorded",
    ),
]


class Context(Input):
    """Where an interaction belongs; outputs can be found by each of these."""

    conversation_id: ShortLine | None = None
    turn: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    parent_output_id: Id | None = None
    user_ref: ShortLine | None = None
    subject_refs: (
        Annotated[list[ShortLine], Field(max_length=MAX_REFS, description="claim or case numbers")]
        | None
    ) = None
    tags: Annotated[list[ShortLine], Field(max_length=MAX_REFS)] | None = None
