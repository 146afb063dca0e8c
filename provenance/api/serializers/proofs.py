"""Checkpoints and consistency proofs as JSON, and what is asked of them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from provenance.api.fields import MAX_POSITION
from provenance.api.serializers.queries import Query, ReadsDigits
from provenance.api.serializers.shape import Answer

Size = Annotated[int, Field(ge=0, le=MAX_POSITION), ReadsDigits]


class ConsistencyQuery(Query):
    """Two sizes of the log, of which it has both reached."""

    from_: Annotated[Size, Field(alias="from")]
    to: Size


class TimeStampOut(Answer):
    """What an RFC 3161 authority answered over the note's text with the log's own signature.

    `response` is the whole TimeStampResp in base64.
    """

    authority: str
    stamped_at: datetime
    response: str


class CheckpointOut(Answer):
    """What was signed: the first `size` events have this root. `note` is to be verified."""

    origin: str
    size: int
    root_hash: str
    sealed_at: datetime
    note: str
    time_stamps: list[TimeStampOut]


class CheckpointListOut(Answer):
    """A page of checkpoints, newest first, and the keys that signed them."""

    verifier_keys: list[str]
    data: list[CheckpointOut]
    next_cursor: str | None


class ConsistencyOut(Answer):
    """Hashes in base64 that prove the smaller tree a prefix of the larger (RFC 6962)."""

    first_size: int
    second_size: int
    first_root: str
    second_root: str
    proof: list[str]
