"""Asks recorded questions of two index generations, and says how far the answers agree."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from ingestion.embeddings.registry import embedder
from ingestion.models import Chunk
from provenance.eventstore import store
from provenance.eventstore.listings import read_listing
from provenance.eventstore.prefetching import prefetched
from provenance.history.recorded_questions import RecordedRetrieval, recorded_retrievals
from retrieval.errors import GenerationRefused
from retrieval.generations.active import Generation, active_generation, generation_named
from retrieval.models import SEARCHABLE, IndexGeneration
from retrieval.ranking import RankedChunk
from retrieval.recording.assembly import SPAN_COLUMNS
from retrieval.recording.events import PromptAssembled
from retrieval.recording.models import InteractionPrompt
from retrieval.search import Question, search

DEFAULT_QUERIES, MAX_QUERIES = 50, 200
WORST = 10
CHUNK = SPAN_COLUMNS.index("chunk_id")

# A version and the keyed hash of a passage's words.
Words = tuple[UUID, str]


@dataclass(frozen=True)
class Case:
    """One question, by its first k passages; the same words of the same version are one passage.

    `overlap` is the share that both find, `rank_shift` how far the ranks of those differ on
    average; `lost` passages stood in a prompt and are not found any more.
    """

    retrieval_id: UUID
    query: str
    top_k: int
    overlap: float
    rank_shift: float
    lost: list[str]

    @property
    def overlap_percent(self) -> int:
        return round(100 * self.overlap)


@dataclass(frozen=True)
class Comparison:
    """Of a generation with another one; `erased` questions could not be asked again."""

    generation: int
    compared_with: int
    cases: list[Case]
    erased: int

    @property
    def overlap(self) -> float | None:
        return _mean([case.overlap for case in self.cases])

    @property
    def overlap_percent(self) -> int | None:
        return None if self.overlap is None else round(100 * self.overlap)

    @property
    def rank_shift(self) -> float | None:
        return _mean([case.rank_shift for case in self.cases])

    @property
    def lost_citations(self) -> int:
        return sum(len(case.lost) for case in self.cases)

    @property
    def worst(self) -> list[Case]:
        differing = [case for case in self.cases if case.lost or case.overlap < 1]
        return sorted(differing, key=lambda case: (-len(case.lost), case.overlap))[:WORST]


def compare_generations(number: int, *, queries: int = DEFAULT_QUERIES) -> Comparison:
    """Asks the newest recorded questions as of now, of this generation and of the active one.

    The active one is compared with the newest other. Raises GenerationNotFound, GenerationRefused.
    """
    generation = generation_named(number)
    other = _other(number)
    recorded = recorded_retrievals(queries)
    used = _in_prompts(recorded)
    asked = [
        Asked(each, each.question, _ask(each, generation), _ask(each, other))
        for each in recorded
        if each.question is not None
    ]
    words = _words(asked)
    cases = [_case(each, words, used[each.recorded.data.retrieval_id]) for each in asked]
    return Comparison(number, other.generation, cases, len(recorded) - len(cases))


def _other(number: int) -> Generation:
    active = active_generation()
    if active.generation != number:
        return active
    rows = IndexGeneration.objects.filter(state__in=SEARCHABLE).exclude(generation=number)
    newest = rows.order_by("-generation").first()
    if newest is None:
        raise GenerationRefused("There is no other generation to compare this one with.")
    return generation_named(newest.generation)


@dataclass(frozen=True)
class Asked:
    """A question with what the generation and the other one answer."""

    recorded: RecordedRetrieval
    question: Question
    after: list[RankedChunk]
    before: list[RankedChunk]


def _words(asked: Iterable[Asked]) -> dict[str, Words]:
    """The words of each passage: read or cut anew it may have another id. One query."""
    ids = {each.chunk_id for one in asked for each in (*one.after, *one.before)}
    rows = Chunk.objects.filter(chunk_id__in=ids)
    told = rows.values_list("chunk_id", "version_id", "text_hash")
    return {str(chunk_id): (version_id, text_hash) for chunk_id, version_id, text_hash in told}


def _case(asked: Asked, words: Mapping[str, Words], used: Collection[str]) -> Case:
    ranks = {each.chunk_id: each.rank for each in asked.after}
    by_words = {words.get(each.chunk_id): each.rank for each in reversed(asked.after)}
    found = {
        each.chunk_id: ranks.get(each.chunk_id, by_words.get(words.get(each.chunk_id)))
        for each in asked.before
    }
    shifts = [abs(each.rank - rank) for each in asked.before if (rank := found[each.chunk_id])]
    return Case(
        retrieval_id=asked.recorded.data.retrieval_id,
        query=asked.question.query,
        top_k=asked.question.top_k,
        overlap=len(shifts) / len(asked.before) if asked.before else 1.0,
        rank_shift=_mean(shifts) or 0.0,
        lost=sorted(each for each, rank in found.items() if rank is None and each in used),
    )


def _ask(recorded: RecordedRetrieval, generation: Generation) -> list[RankedChunk]:
    question = recorded.question
    if question is None:
        raise ValueError("An erased question cannot be asked.")
    vector = question.vector
    if vector is not None and generation.model_digest != recorded.data.model_digest:
        vector = embedder(generation.embedding_model).embed_query(question.query)
    asked = replace(
        question, vector=vector, as_of=None, effective_at=datetime.now(UTC), exact=False
    )
    return search(asked, generation, only_active=False).ranking[: question.top_k]


def _in_prompts(recorded: Sequence[RecordedRetrieval]) -> dict[UUID, set[str]]:
    """The passages of each answer that stood in a prompt, with three queries."""
    ids = [each.data.retrieval_id for each in recorded]
    prompts = InteractionPrompt.objects.filter(retrieval_ids__overlap=ids).order_by("-position")
    rows = list(prompts.values_list("prompt_id", "retrieval_ids")[: 4 * MAX_QUERIES])
    events = store.read_streams_here(
        [f"prompt-{prompt_id}" for prompt_id, _ in rows], types=[PromptAssembled]
    )
    with prefetched(events):
        spans = {
            event.stream: {str(span[CHUNK]) for span in read_listing(event.data.spans)}
            for event in events
        }
    used: dict[UUID, set[str]] = defaultdict(set)
    for prompt_id, retrieval_ids in rows:
        for retrieval_id in retrieval_ids:
            used[retrieval_id] |= spans.get(f"prompt-{prompt_id}", set())
    return used


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
