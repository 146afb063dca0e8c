"""Folds interactions into what each application recorded on each day, and what is wanting."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model

from provenance.coverage.days import Days
from provenance.coverage.folding import (
    add_outputs,
    add_prompts,
    add_retrievals,
    answer,
    answered_before,
    note_foreign,
    note_unresolved,
)
from provenance.coverage.foreign_text import longest_foreign
from provenance.coverage.models import (
    CountedRecord,
    CoverageDay,
    CoveredOutput,
    CoveredPrompt,
    CoveredRetrieval,
)
from provenance.coverage.numbering import add_numbers
from provenance.eventstore.event_types import EventData
from provenance.eventstore.listings import prefetched_listings, read_listing
from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import Events, Projection, handles_all, projection
from retrieval.events import RetrievalServed
from retrieval.recording.assembly import SPAN_COLUMNS
from retrieval.recording.events import (
    OutputReported,
    PromptAssembled,
    PromptReported,
    RetrievalReported,
    RetrievalResolved,
)
from retrieval.recording.resolution import read_passages

PLACE = slice(SPAN_COLUMNS.index("message"), SPAN_COLUMNS.index("end") + 1)
UNRESOLVED = "unresolved"
NUMBERED = (RetrievalServed, RetrievalReported, PromptReported, OutputReported)


@projection
class Coverage(Projection):
    """Retrievals without output, outputs without retrieval, foreign text, gaps, lost sources."""

    name: ClassVar[str] = "coverage"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (
        CoveredRetrieval,
        CoveredPrompt,
        CoveredOutput,
        CountedRecord,
        CoverageDay,
    )

    @handles_all(
        *(RetrievalServed, RetrievalReported, RetrievalResolved),
        *(PromptReported, PromptAssembled, OutputReported),
    )
    def add_interactions(self, events: Events[Any]) -> None:
        days = Days()
        retrievals = _of(events, RetrievalServed, RetrievalReported)
        prompts, outputs = _of(events, PromptReported), _of(events, OutputReported)
        answered = answered_before(retrievals)
        add_prompts(prompts)
        answered |= add_outputs(outputs, days)
        add_retrievals(retrievals, answered, days)
        answer(answered - {event.data.retrieval_id for event in retrievals}, days)
        note_unresolved(_unresolved(_of(events, RetrievalResolved)), days)
        note_foreign(_foreign(_of(events, PromptAssembled)), days)
        add_numbers(_of(events, *NUMBERED), days)
        days.write()


def _of(events: Events[Any], *event_types: type[EventData]) -> list[Recorded[Any]]:
    return [event for event in events if isinstance(event.data, event_types)]


def _unresolved(events: Events[RetrievalResolved]) -> dict[UUID, int]:
    found = {}
    with prefetched_listings(event.data.passages for event in events):
        for event in events:
            passages = read_passages(read_listing(event.data.passages))
            found[event.data.retrieval_id] = sum(p.resolution == UNRESOLVED for p in passages)
    return found


def _foreign(events: Events[PromptAssembled]) -> dict[UUID, int]:
    """A map that was cut short says nothing of what it did not come to."""
    found = {event.data.prompt_id: 0 for event in events}
    whole = [event.data for event in events if not event.data.cut_short]
    with prefetched_listings(data.spans for data in whole):
        for data in whole:
            found[data.prompt_id] = longest_foreign(
                tuple(span[PLACE]) for span in read_listing(data.spans)
            )
    return found
