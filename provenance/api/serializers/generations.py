"""Index generations as JSON, and what is asked of them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel, StringConstraints

from provenance.api.serializers.queries import Query, ReadsDigits
from provenance.api.serializers.shape import Answer, Input, Shape
from provenance.history.generation_comparison import DEFAULT_QUERIES, MAX_QUERIES

State = Literal[
    "building", "built", "verified", "active", "retired", "cancelled", "failed", "dropped"
]


class GenerationIn(Input):
    """A further generation, by default under the active one's model and cut like it.

    `chunker` names one that cuts all passages anew; empty, they stay as they were processed.
    `reading` "today" has what other parsers read read anew by those of today; empty, texts stay as
    they were processed.
    """

    embedding_model: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    chunker: Annotated[str, StringConstraints(max_length=200)] | None = None
    reading: Literal["", "today"] | None = None
    activate_when_verified: bool = False


class NothingIn(Input):
    """There is nothing to say."""


class ProgressOut(Answer):
    """`done` of `total` passages in the phase; what is not known yet is null."""

    phase: str
    done: int
    total: int
    rate: float | None
    eta_seconds: float | None


class TextsOut(Answer):
    """How many versions were read anew; of the last two kinds each keeps its text."""

    changed: int
    same: int
    failed: int


class GenerationOut(Answer):
    """A generation. `root` is the SHA-256 over its contents up to `position`.

    `chunker` cut its passages anew, `reading` is the label of the `parsers` that read its texts
    anew; null where they are as they were processed.

    `activation_requested_by` waits for somebody else to agree; `problem` says why it failed, or how
    an active one differs from the log.
    """

    generation: int
    state: State
    paused: bool
    embedding_model: str
    model_digest: str
    chunker: str | None
    reading: str | None
    parsers: dict[str, str] | None
    texts: TextsOut | None
    dimensions: int
    progress: ProgressOut
    owed_versions: int
    versions: int | None
    chunks: int | None
    root: str | None
    position: int | None
    started_position: int
    verified_position: int | None
    activated_position: int | None
    activate_when_verified: bool
    activation_requested_by: str | None
    problem: str | None


class GenerationsOut(RootModel[list[GenerationOut]], Shape):
    """The generations, the newest first."""


class GenerationDecidedOut(Answer):
    """What was recorded; the list shows it once it is folded."""

    generation: int
    state: str


class CompareQuery(Query):
    """How many of the newest recorded questions to ask."""

    queries: Annotated[int, ReadsDigits, Field(ge=1, le=MAX_QUERIES)] = DEFAULT_QUERIES


class CaseOut(Answer):
    """A question that the two answer differently; `lost` passages stood in a prompt."""

    retrieval_id: UUID
    query: str
    top_k: int
    overlap: float
    rank_shift: float
    lost: list[UUID]


class ComparisonOut(Answer):
    """How far two generations agree; averages are null where nothing could be asked."""

    generation: int
    compared_with: int
    queries: int
    erased: int
    overlap: float | None
    rank_shift: float | None
    lost_citations: int
    worst: list[CaseOut]
