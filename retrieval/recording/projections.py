"""Folds interactions into the rows that lists, searches and impact read."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model

from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_json, reveal_text
from provenance.projections.projection import Projection, handles, projection
from provenance.projections.runs import in_runs
from retrieval.events import RetrievalServed
from retrieval.ranking import read_ranking
from retrieval.recording.assembly import SPAN_COLUMNS
from retrieval.recording.erasing import erase_words
from retrieval.recording.events import (
    OutputAttributed,
    OutputReported,
    PromptAssembled,
    PromptReported,
    RetrievalReported,
    RetrievalResolved,
)
from retrieval.recording.impact import (
    Pair,
    add_cited,
    add_output,
    add_prompt_versions,
    add_retrieval_versions,
)
from retrieval.recording.models import (
    InteractionOutput,
    InteractionPrompt,
    InteractionRetrieval,
    PromptVersion,
    RetrievalVersion,
    VersionOutput,
)
from retrieval.recording.output_rows import insert_output
from retrieval.recording.prompt_rows import question_and_context
from retrieval.recording.resolution import read_passages

VERSION = SPAN_COLUMNS.index("version_id")


@projection
class Interactions(Projection):
    """Retrievals, prompts and outputs in plain text, and which versions went into which output."""

    name: ClassVar[str] = "interactions"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (
        InteractionRetrieval,
        InteractionPrompt,
        InteractionOutput,
        RetrievalVersion,
        PromptVersion,
        VersionOutput,
    )

    def fold_batch(self, events: Sequence[Recorded[Any]]) -> None:
        """Destroyed keys come by the thousand: a run of them is folded at once."""
        for destroyed, run in in_runs(events, SubjectKeyDestroyed):
            if destroyed:
                erase_words(run)
            else:
                super().fold_batch(run)

    @handles(RetrievalServed)
    def add_served(self, event: Recorded[RetrievalServed]) -> None:
        returned = read_ranking(event.data.results)[: event.data.top_k]
        _add_retrieval(event, reported=False, results=len(returned))
        add_retrieval_versions(
            event.data.retrieval_id, {(each.version_id, each.document_id) for each in returned}
        )

    @handles(RetrievalReported)
    def add_reported(self, event: Recorded[RetrievalReported]) -> None:
        _add_retrieval(event, reported=True, results=len(reveal_json(event, "results") or ()))

    @handles(RetrievalResolved)
    def add_resolved(self, event: Recorded[RetrievalResolved]) -> None:
        found: set[Pair] = {
            (passage.version_id, passage.document_id)
            for passage in read_passages(read_listing(event.data.passages))
            if passage.version_id is not None and passage.document_id is not None
        }
        add_retrieval_versions(event.data.retrieval_id, found)

    @handles(PromptReported)
    def add_prompt(self, event: Recorded[PromptReported]) -> None:
        first = InteractionRetrieval.objects.filter(
            retrieval_id__in=event.data.retrieval_ids[:1]
        ).first()
        question, context = question_and_context(event, first)
        InteractionPrompt.objects.create(
            prompt_id=event.data.prompt_id,
            position=event.place,
            recorded_at=event.recorded_at,
            application=event.actor.application,
            correlation_id=event.correlation_id,
            retrieval_ids=event.data.retrieval_ids,
            question=question,
            context=context,
            imported=event.data.imported,
        )

    @handles(PromptAssembled)
    def add_map(self, event: Recorded[PromptAssembled]) -> None:
        data = event.data
        InteractionPrompt.objects.filter(prompt_id=data.prompt_id).update(
            spans=data.spans.length, absent=data.absent.length
        )
        versions = {span[VERSION] for span in read_listing(data.spans)} - {None}
        add_prompt_versions(data.prompt_id, versions)

    @handles(OutputReported)
    def add_output(self, event: Recorded[OutputReported]) -> None:
        insert_output(event)
        add_output(event.data.output_id)
        if event.data.cited is not None:
            cited = {(row[2], row[3]) for row in read_listing(event.data.cited)}
            add_cited(event.data.output_id, cited)

    @handles(OutputAttributed)
    def add_support(self, event: Recorded[OutputAttributed]) -> None:
        data = event.data
        InteractionOutput.objects.filter(output_id=data.output_id).update(
            sentences=data.sentences.length, unsupported=data.unsupported
        )

    @handles(SubjectKeyDestroyed)
    def erase(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        erase_words([event])


def _add_retrieval(event: Recorded[Any], *, reported: bool, results: int) -> None:
    InteractionRetrieval.objects.create(
        retrieval_id=event.data.retrieval_id,
        position=event.place,
        recorded_at=event.recorded_at,
        application=event.actor.application,
        correlation_id=event.correlation_id,
        query=reveal_text(event, "query") or "",
        reported=reported,
        results=results,
        context=reveal_json(event, "context") or {},
        imported=event.data.imported,
    )
