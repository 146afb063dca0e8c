"""Folds interactions into what each application recorded on each day, and what is wanting."""

from typing import Any, ClassVar

from django.db.models import Model

from provenance.coverage.folding import (
    add_number,
    add_to_day,
    answer_for_output,
    answer_for_retrieval,
    count,
    place_of,
)
from provenance.coverage.foreign_text import longest_foreign
from provenance.coverage.models import (
    CountedRecord,
    CoverageDay,
    CoveredOutput,
    CoveredPrompt,
    CoveredRetrieval,
)
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import Projection, handles, projection
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

    @handles(RetrievalServed)
    def add_served(self, event: Recorded[RetrievalServed]) -> None:
        _add_retrieval(event)

    @handles(RetrievalReported)
    def add_reported(self, event: Recorded[RetrievalReported]) -> None:
        _add_retrieval(event)

    @handles(RetrievalResolved)
    def add_resolved(self, event: Recorded[RetrievalResolved]) -> None:
        passages = read_passages(read_listing(event.data.passages))
        unresolved = sum(passage.resolution == UNRESOLVED for passage in passages)
        row = CoveredRetrieval.objects.get(retrieval_id=event.data.retrieval_id)
        if unresolved and not row.unresolved:
            add_to_day(row.day, row.application, unresolved=1)
        CoveredRetrieval.objects.filter(pk=row.pk).update(unresolved=unresolved)

    @handles(PromptReported)
    def add_prompt(self, event: Recorded[PromptReported]) -> None:
        CoveredPrompt.objects.create(
            prompt_id=event.data.prompt_id,
            retrieval_ids=event.data.retrieval_ids,
            **place_of(event),
        )
        add_number(event, event.data.sequence_number)

    @handles(PromptAssembled)
    def add_map(self, event: Recorded[PromptAssembled]) -> None:
        data = event.data
        # A map that was cut short says nothing of what it did not come to.
        spans = [] if data.cut_short else read_listing(data.spans)
        foreign = longest_foreign(tuple(span[PLACE]) for span in spans)
        row = CoveredPrompt.objects.get(prompt_id=data.prompt_id)
        if foreign and not row.foreign:
            add_to_day(row.day, row.application, foreign=1)
        CoveredPrompt.objects.filter(pk=row.pk).update(foreign=foreign)

    @handles(OutputReported)
    def add_output(self, event: Recorded[OutputReported]) -> None:
        data = event.data
        prompt = CoveredPrompt.objects.get(prompt_id=data.prompt_id)
        baseless = not prompt.retrieval_ids
        CoveredOutput.objects.create(
            output_id=data.output_id,
            prompt_id=data.prompt_id,
            baseless=baseless,
            **place_of(event),
        )
        count(event, outputs=1, baseless=int(baseless))
        answer_for_output(data.output_id)
        add_number(event, data.sequence_number)


def _add_retrieval(event: Recorded[Any]) -> None:
    retrieval_id = event.data.retrieval_id
    CoveredRetrieval.objects.create(
        retrieval_id=retrieval_id, recorded_at=event.recorded_at, **place_of(event)
    )
    count(event, retrievals=1, unanswered=1)
    answer_for_retrieval(retrieval_id)
    add_number(event, event.data.sequence_number)
