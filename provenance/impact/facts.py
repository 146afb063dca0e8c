"""What a set of interactions says: which passages were returned, held and cited, and since when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from provenance.eventstore.listings import Listing, prefetched_listings, read_listing
from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import Events
from retrieval.events import RetrievalServed
from retrieval.ranking import read_ranking
from retrieval.recording.assembly import SPAN_COLUMNS
from retrieval.recording.events import (
    OutputReported,
    PromptAssembled,
    PromptReported,
    RetrievalResolved,
)
from retrieval.recording.resolution import read_passages

CHUNK = SPAN_COLUMNS.index("chunk_id")

# Chunk, version, document, start, end.
Place = tuple[str, str, str, int | None, int | None]
# What returned, held or cited a passage, and the passage.
Pair = tuple[UUID, str]


@dataclass
class Facts:
    """`returned` and `held` with the position of the event that says so first."""

    prompts: list[Recorded[PromptReported]] = field(default_factory=list)
    outputs: list[Recorded[OutputReported]] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    returned: dict[Pair, int] = field(default_factory=dict)
    held: dict[Pair, int] = field(default_factory=dict)
    cited: set[Pair] = field(default_factory=set)
    times: dict[int, datetime] = field(default_factory=dict)

    def add(self, event: Recorded[Any]) -> None:
        data = event.data
        self.times[event.place] = event.recorded_at
        if isinstance(data, PromptReported):
            self.prompts.append(event)
        elif isinstance(data, PromptAssembled):
            for span in read_listing(data.spans):
                self.held.setdefault((data.prompt_id, span[CHUNK]), event.place)
        elif isinstance(data, OutputReported):
            self.outputs.append(event)
            self.cited.update((data.output_id, chunk) for chunk in self._placed(_cited(data)))
        else:
            for chunk in self._placed(_returned(data)):
                self.returned.setdefault((data.retrieval_id, chunk), event.place)

    def _placed(self, places: Iterable[Place]) -> Iterator[str]:
        """The passages; of each the first place that is known counts."""
        for place in places:
            chunk, *_, start, _ = place
            known = self.places.setdefault(chunk, place)
            if start is not None and known[3] is None:
                self.places[chunk] = place
            yield chunk


def facts_of(events: Events[Any]) -> Facts:
    facts = Facts()
    with prefetched_listings(_listing(event.data) for event in events):
        for event in events:
            facts.add(event)
    return facts


def _listing(data: Any) -> Listing | None:
    """The one that says what it returned, held or cited."""
    if isinstance(data, RetrievalServed):
        return data.results
    if isinstance(data, RetrievalResolved):
        return data.passages
    if isinstance(data, PromptAssembled):
        return data.spans
    return data.cited if isinstance(data, OutputReported) else None


def _returned(data: RetrievalServed | RetrievalResolved) -> Iterator[Place]:
    if isinstance(data, RetrievalServed):
        for each in read_ranking(data.results)[: data.top_k]:
            yield each.chunk_id, each.version_id, each.document_id, each.start, each.end
        return
    for passage in read_passages(read_listing(data.passages)):
        version_id, document_id = passage.version_id, passage.document_id
        if version_id is not None and document_id is not None:
            yield passage.chunk_id, version_id, document_id, passage.start, passage.end


def _cited(data: OutputReported) -> Iterator[Place]:
    """A version that is cited as a whole stands for itself."""
    for _, chunk_id, version_id, document_id in read_listing(data.cited) if data.cited else ():
        yield chunk_id or version_id, version_id, document_id, None, None
