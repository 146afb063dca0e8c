"""Folds interactions into what rests on each passage and each template."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.db.models import Model

from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json
from provenance.impact.events import WordingCompared
from provenance.impact.folding import (
    Place,
    add_cited,
    add_held,
    add_returned,
    forget_templates,
    relate_output,
)
from provenance.impact.models import (
    HeldPassage,
    OutdatedPassage,
    PassageOutput,
    ReturnedPassage,
    StaleAnswer,
    UsedPassage,
    UsingOutput,
    UsingPrompt,
    WordingChange,
)
from provenance.impact.stale_folding import compare, note_output, note_prompt, note_retrieval
from provenance.projections.projection import Projection, handles, projection
from provenance.projections.runs import in_runs
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


@projection
class Impact(Projection):
    """Which passages and which template went into which output, and which of it is outdated."""

    name: ClassVar[str] = "impact"
    version: ClassVar[int] = 2
    tables: ClassVar[tuple[type[Model], ...]] = (
        UsedPassage,
        ReturnedPassage,
        HeldPassage,
        UsingPrompt,
        UsingOutput,
        PassageOutput,
        WordingChange,
        OutdatedPassage,
        StaleAnswer,
    )

    def fold_batch(self, events: Sequence[Recorded[Any]]) -> None:
        """Destroyed keys come by the thousand: a run of them is folded at once."""
        for destroyed, run in in_runs(events, SubjectKeyDestroyed):
            if destroyed:
                _forget(run)
            else:
                super().fold_batch(run)

    @handles(RetrievalServed)
    def add_served(self, event: Recorded[RetrievalServed]) -> None:
        returned = read_ranking(event.data.results)[: event.data.top_k]
        places = [(e.chunk_id, e.version_id, e.document_id, e.start, e.end) for e in returned]
        _add_returned(event, places)

    @handles(RetrievalResolved)
    def add_resolved(self, event: Recorded[RetrievalResolved]) -> None:
        _add_returned(event, _resolved(event.data))

    @handles(PromptReported)
    def add_prompt(self, event: Recorded[PromptReported]) -> None:
        template = reveal_json(event, "template") or {}
        UsingPrompt.objects.create(
            prompt_id=event.data.prompt_id,
            retrieval_ids=event.data.retrieval_ids,
            template_name=template.get("name"),
            template_version=template.get("version"),
        )

    @handles(PromptAssembled)
    def add_map(self, event: Recorded[PromptAssembled]) -> None:
        chunks = {span[CHUNK] for span in read_listing(event.data.spans)}
        if add_held(event.data.prompt_id, chunks):
            note_prompt(event.data.prompt_id, event.place, event.recorded_at)

    @handles(OutputReported)
    def add_output(self, event: Recorded[OutputReported]) -> None:
        prompt = UsingPrompt.objects.get(prompt_id=event.data.prompt_id)
        UsingOutput.objects.create(
            output_id=event.data.output_id,
            prompt_id=event.data.prompt_id,
            at=event.recorded_at,
            position=event.place,
            application=event.actor.application,
            template_name=prompt.template_name,
            template_version=prompt.template_version,
        )
        relate_output(event.data.output_id)
        if event.data.cited is not None:
            # A version that is cited as a whole stands for itself.
            cited = [(row[1] or row[2], row[2], row[3]) for row in read_listing(event.data.cited)]
            add_cited(event.data.output_id, [(*ids, None, None) for ids in cited])
        note_output(event.data.output_id, event.place, event.recorded_at)

    @handles(WordingCompared)
    def add_comparison(self, event: Recorded[WordingCompared]) -> None:
        compare(event)

    @handles(SubjectKeyDestroyed)
    def erase(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        _forget([event])


def _add_returned(event: Recorded[Any], places: Iterable[Place]) -> None:
    if add_returned(event.data.retrieval_id, places):
        note_retrieval(event.data.retrieval_id, event.place, event.recorded_at)


def _resolved(data: RetrievalResolved) -> Iterator[Place]:
    for passage in read_passages(read_listing(data.passages)):
        version_id, document_id = passage.version_id, passage.document_id
        if version_id is not None and document_id is not None:
            yield passage.chunk_id, version_id, document_id, passage.start, passage.end


def _forget(events: Sequence[Recorded[SubjectKeyDestroyed]]) -> None:
    prompts = [event.data.owner_id for event in events if event.data.owner == "prompt"]
    if prompts:
        forget_templates(prompts)
