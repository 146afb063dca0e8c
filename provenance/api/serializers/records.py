"""Records in batches: retrievals, prompts and outputs, in any order."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from provenance.api.serializers.outputs import OutputIn
from provenance.api.serializers.problems import ProblemOut
from provenance.api.serializers.prompts import PromptIn
from provenance.api.serializers.retrievals import ReportedRetrievalIn
from provenance.api.serializers.shape import Answer, Input

MAX_ITEMS = 500


class RetrievalItem(ReportedRetrievalIn):
    """A retrieval of the application's own store."""

    kind: Literal["retrieval"]


class PromptItem(PromptIn):
    """A prompt."""

    kind: Literal["prompt"]


class OutputItem(OutputIn):
    """An output."""

    kind: Literal["output"]


ITEMS: dict[str, type[RetrievalItem | PromptItem | OutputItem]] = {
    "retrieval": RetrievalItem,
    "prompt": PromptItem,
    "output": OutputItem,
}


class RecordsIn(Input):
    """Up to 500 records; each is recorded, replayed or refused for itself."""

    imported: bool = False
    items: Annotated[
        list[dict[str, Any]],
        Field(min_length=1, max_length=MAX_ITEMS),
    ]


class RecordOut(Answer):
    """What became of the item at `index`."""

    index: int
    id: UUID | None
    status: Literal["recorded", "replayed", "refused"]
    problem: ProblemOut | None = None


class RecordsOut(Answer):
    """One line for each item, in its order."""

    data: list[RecordOut]
