"""A recorded retrieval, and the question that it put to the index, as the log has it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ingestion.embeddings.vectors import as_vector
from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import prefetched_keys, reveal_bytes, reveal_json, reveal_text
from retrieval.events import RetrievalServed
from retrieval.ranking import RankedChunk, read_ranking
from retrieval.recording.errors import RecordNotFound
from retrieval.recording.events import RetrievalReported
from retrieval.recording.models import InteractionRetrieval
from retrieval.search import CANDIDATE_CAP, Question


@dataclass(frozen=True)
class RecordedRetrieval:
    """What was served, and its question; None where its words have been erased."""

    event: Recorded[RetrievalServed]
    ranking: list[RankedChunk]
    question: Question | None

    @property
    def data(self) -> RetrievalServed:
        return self.event.data

    @property
    def answer(self) -> list[RankedChunk]:
        return self.ranking[: self.data.top_k]

    @property
    def position(self) -> int:
        """The position whose knowledge it searched."""
        return self.data.index_position if self.data.as_of is None else self.data.as_of

    @property
    def effective_at(self) -> datetime:
        return datetime.fromisoformat(self.data.effective_at)

    @property
    def approximate(self) -> bool:
        """True if it was not compared with every passage: by HNSW, or by a part of its words."""
        data = self.data
        if data.search == "hnsw":
            return True
        held = sum(data.statistics.frequencies) if data.statistics else 0
        return data.search == "lexical" and not data.exact and held > CANDIDATE_CAP


class ServedElsewhere(Exception):
    """An application's own store answered this; it is not known here how."""

    def __init__(self, retrieval_id: UUID) -> None:
        super().__init__(f"Retrieval {retrieval_id} was served by the application's own store.")


def recorded_retrieval(retrieval_id: UUID, *, principal: Principal) -> RecordedRetrieval:
    """Raises ServedElsewhere, and RecordNotFound also for an answer kept from the principal."""
    stream = f"retrieval-{retrieval_id}"
    events = store.read_stream(stream, types=[RetrievalServed, RetrievalReported])
    if not events or not principal.may_read_of(events[0].actor.application):
        raise RecordNotFound("retrieval", retrieval_id)
    event = events[0]
    if not isinstance(event.data, RetrievalServed):
        raise ServedElsewhere(retrieval_id)
    ranking = read_ranking(event.data.results)
    _refuse_hidden(retrieval_id, ranking[: event.data.top_k], principal)
    with prefetched_keys([event]):
        return RecordedRetrieval(event, ranking, _question(event))


def recorded_retrievals(limit: int) -> list[RecordedRetrieval]:
    """The newest that were served here, of every application; none whose contents were released."""
    served = InteractionRetrieval.objects.filter(reported=False).order_by("-position")
    ids = served.values_list("retrieval_id", flat=True)[:limit]
    streams = [f"retrieval-{each}" for each in ids]
    events = store.read_streams_here(streams, types=[RetrievalServed])
    with prefetched(events):
        return [
            RecordedRetrieval(event, read_ranking(event.data.results), _question(event))
            for event in events
        ]


def _refuse_hidden(retrieval_id: UUID, answer: list[RankedChunk], principal: Principal) -> None:
    if principal.collections is None:
        return
    versions = CatalogueVersion.objects.filter(version_id__in={each.version_id for each in answer})
    if versions.exclude(collection__in=principal.collections).exists():
        raise RecordNotFound("retrieval", retrieval_id)


def _question(event: Recorded[RetrievalServed]) -> Question | None:
    """The same question, to be compared with every passage of its moment."""
    data = event.data
    query, vector = reveal_text(event, "query"), reveal_bytes(event, "query_vector")
    if query is None:
        return None
    return Question(
        query=query,
        vector=None if vector is None else as_vector(vector),
        mode=data.mode,
        top_k=data.top_k,
        collections=data.collections_searched,
        metadata=reveal_json(event, "filter") or {},
        effective_at=datetime.fromisoformat(data.effective_at),
        exact=True,
        as_of=data.index_position if data.as_of is None else data.as_of,
    )
