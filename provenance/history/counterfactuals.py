"""What a recorded question would find otherwise: today, at another moment, without a version."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ingestion.embeddings.registry import embedder
from provenance.accounts.access import Principal
from provenance.history.moments import Moment
from provenance.history.recorded_questions import RecordedRetrieval
from retrieval.errors import GenerationNotFound
from retrieval.generations.active import Generation, active_generation, generation_named
from retrieval.ranking import RankedChunk
from retrieval.search import Question, search


class QuestionErased(Exception):
    """The words of this question have been erased; it cannot be asked again."""

    def __init__(self) -> None:
        super().__init__(str(self.__doc__))


@dataclass(frozen=True)
class Counterfactual:
    """What the question finds at a moment, compared with every passage that counts then."""

    moment: Moment
    generation: Generation
    ranking: list[RankedChunk]


@dataclass(frozen=True)
class Pair:
    """A passage with its place in both rankings; None where it is not in one."""

    before: RankedChunk | None
    after: RankedChunk | None

    @property
    def chunk(self) -> RankedChunk:
        found = self.after or self.before
        if found is None:
            raise ValueError("A pair has at least one side.")
        return found


def ask_otherwise(
    retrieval: RecordedRetrieval,
    moment: Moment,
    *,
    principal: Principal,
    without: Sequence[UUID] = (),
) -> Counterfactual:
    """Searches the index that answered, if it is there, else the active one.

    Only what the principal may see is searched. Raises QuestionErased, IndexNotReady.
    """
    question, generation = _askable(retrieval)
    asked = replace(
        question,
        as_of=moment.position,
        effective_at=moment.effective_at,
        collections=visible_collections(retrieval, principal),
        without=tuple(without),
    )
    found = search(asked, generation, only_active=False)
    return Counterfactual(moment, generation, found.ranking[: question.top_k])


def side_by_side(before: Sequence[RankedChunk], after: Sequence[RankedChunk]) -> list[Pair]:
    """Every passage of either, in the order of the later one; what is gone follows."""
    earlier = {each.chunk_id: each for each in before}
    later = {each.chunk_id: each for each in after}
    pairs = [Pair(earlier.get(each.chunk_id), each) for each in after]
    return pairs + [Pair(each, None) for each in before if each.chunk_id not in later]


def visible_collections(retrieval: RecordedRetrieval, principal: Principal) -> list[str] | None:
    """Of the collections that were searched those that the principal may see; None is all."""
    searched = retrieval.data.collections_searched
    if principal.collections is None:
        return searched
    return sorted(
        principal.collections if searched is None else principal.collections & set(searched)
    )


def _askable(retrieval: RecordedRetrieval) -> tuple[Question, Generation]:
    """The question, embedded for the generation that is to be searched."""
    question = retrieval.question
    if question is None:
        raise QuestionErased
    try:
        return question, generation_named(retrieval.data.index_generation)
    except GenerationNotFound:
        generation = active_generation()
    if question.vector is None or generation.model_digest == retrieval.data.model_digest:
        return question, generation
    model = embedder(generation.embedding_model)
    return replace(question, vector=model.embed_query(question.query)), generation
