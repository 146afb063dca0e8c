"""The counterfactual beside an impact: what an answer's questions find without the version."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.history.counterfactuals import ask_otherwise
from provenance.history.moments import Moment
from provenance.history.recorded_questions import (
    RecordedRetrieval,
    ServedElsewhere,
    recorded_retrieval,
)
from retrieval.ranking import RankedChunk
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.models import InteractionOutput, InteractionPrompt, RetrievalVersion

# A page asks no more questions again than this.
ASKED = 3


@dataclass(frozen=True)
class Without:
    """A question as it was answered, and as it would have been without the version."""

    recorded: RecordedRetrieval
    found: Sequence[RankedChunk]


def without_version(
    output_id: UUID, version_id: UUID, *, principal: Principal
) -> tuple[list[Without], int]:
    """The first ASKED retrievals that brought the version, asked again at their own moment.

    Also how many brought it in all; those of other stores cannot be asked. Raises QuestionErased,
    IndexNotReady, and RecordNotFound for an output without such a retrieval.
    """
    retrieval_ids = _brought_by(output_id, version_id)
    if not retrieval_ids:
        raise RecordNotFound("output", output_id)
    asked = []
    for retrieval_id in retrieval_ids[:ASKED]:
        try:
            recorded = recorded_retrieval(retrieval_id, principal=principal)
        except ServedElsewhere:
            continue
        moment = Moment(recorded.position, recorded.effective_at)
        found = ask_otherwise(recorded, moment, principal=principal, without=[version_id])
        asked.append(Without(recorded, found.ranking))
    return asked, len(retrieval_ids)


def _brought_by(output_id: UUID, version_id: UUID) -> list[UUID]:
    prompts = InteractionPrompt.objects.filter(
        prompt_id__in=InteractionOutput.objects.filter(output_id=output_id).values("prompt_id")
    )
    retrieval_ids = [each for row in prompts for each in row.retrieval_ids]
    brought = set(
        RetrievalVersion.objects.filter(
            retrieval_id__in=retrieval_ids, version_id=version_id
        ).values_list("retrieval_id", flat=True)
    )
    return [each for each in retrieval_ids if each in brought]
