"""Retrievals that are run again."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from provenance.api.fields import Id, InstantOrDate, PositionOrInstant
from provenance.api.serializers.knowledge import MomentOut
from provenance.api.serializers.shape import Answer, Input

VerdictWord = Literal["identical", "reordered", "different", "not_served_here"]
CauseWord = Literal[
    "erased_content",
    "generation_dropped",
    "configuration_changed",
    "vectors_recomputed",
    "approximate_search",
    "unexplained",
]


class RankOut(Answer):
    """A ranked passage; `hidden` where it lies in a collection kept from this key.

    `char_start` and `char_end` are of the version's text by `reading`, as of a result.
    """

    rank: int
    score: float | None
    chunk_id: UUID | None
    document_id: UUID | None
    version_id: UUID | None
    version_number: int | None
    char_start: int | None
    char_end: int | None
    reading: str | None
    hidden: bool


class ReproductionIn(Input):
    """Nothing needs to be said."""


class ReproductionOut(Answer):
    """How the answer came out; `whole_ranking` is about all recorded ranks, also below it.

    `search` is null where it could not be run; then `cause` says why.
    """

    retrieval_id: UUID
    event_id: UUID | None
    verdict: VerdictWord
    whole_ranking: VerdictWord
    cause: CauseWord | None
    detail: str
    position: int | None
    effective_at: datetime | None
    index_generation: int | None
    recorded_search: Literal["hnsw", "exact", "lexical"] | None
    search: Literal["exact", "lexical"] | None
    recorded: list[RankOut]
    reproduced: list[RankOut]


class WhyNotOut(Answer):
    """The first reason that holds; rank and score where it was ranked."""

    reason: Literal[
        "not_submitted",
        "not_indexed_yet",
        "superseded",
        "withdrawn",
        "quarantined",
        "not_effective",
        "erased",
        "filtered",
        "permission",
        "ranked_below",
        "dropped_by_application",
        "not_in_prompt",
        "used",
    ]
    detail: str
    rank: int | None
    score: float | None
    version_id: UUID | None
    version_number: int | None


class CounterfactualIn(Input):
    """When and without what to ask. Each clock stands at now, or with `as_recorded` as it was."""

    as_of: PositionOrInstant | None = None
    effective_at: InstantOrDate | None = None
    as_recorded: bool = False
    without_version_id: Id | None = None


class RankPair(Answer):
    """A passage with its rank and score as recorded and otherwise; null where it was not found."""

    chunk_id: UUID
    document_id: UUID
    version_id: UUID
    version_number: int
    recorded_rank: int | None
    recorded_score: float | None
    rank: int | None
    score: float | None


class CounterfactualOut(MomentOut):
    """Both answers side by side."""

    retrieval_id: UUID
    index_generation: int
    recorded_position: int
    recorded_effective_at: datetime
    verdict: VerdictWord
    ranks: list[RankPair]


class BisectionIn(Input):
    """Up to where to look; now if absent."""

    until: PositionOrInstant | None = None


class BisectionEvent(Answer):
    """The event that changed the sources."""

    event_id: UUID
    type: str
    position: int
    recorded_at: datetime
    document_id: UUID | None
    version_id: UUID | None


class BisectionOut(Answer):
    """Where the sources of the answer changed, if they did; the answers on both sides of it."""

    retrieval_id: UUID
    from_: Annotated[int, Field(alias="from")]
    until: int
    changed: bool
    position: int | None
    event: BisectionEvent | None
    searches: int
    before: list[RankOut]
    after: list[RankOut]
