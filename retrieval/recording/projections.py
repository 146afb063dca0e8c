"""Folds interactions into the rows that lists, searches and impact read."""

from typing import ClassVar

from django.db.models import Model

from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.listings import read_listing
from provenance.eventstore.sealed import reveal_json
from provenance.projections.projection import Events, Projection, handles_all, projection
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
    add_cited,
    add_prompt_versions,
    add_retrieval_versions,
    relate_outputs,
)
from retrieval.recording.models import (
    InteractionOutput,
    InteractionPrompt,
    InteractionRetrieval,
    PromptVersion,
    RetrievalVersion,
    VersionOutput,
)
from retrieval.recording.output_rows import insert_outputs, note_support
from retrieval.recording.prompt_rows import insert_prompts, note_maps
from retrieval.recording.resolution import read_passages
from retrieval.recording.retrieval_rows import insert_retrievals

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

    @handles_all(RetrievalServed)
    def add_served(self, events: Events[RetrievalServed]) -> None:
        returned = {
            event.data.retrieval_id: read_ranking(event.data.results)[: event.data.top_k]
            for event in events
        }
        insert_retrievals(
            (event, len(returned[event.data.retrieval_id]), False) for event in events
        )
        add_retrieval_versions(
            (retrieval_id, each.version_id, each.document_id)
            for retrieval_id, ranking in returned.items()
            for each in ranking
        )

    @handles_all(RetrievalReported)
    def add_reported(self, events: Events[RetrievalReported]) -> None:
        insert_retrievals(
            (event, len(reveal_json(event, "results") or ()), True) for event in events
        )

    @handles_all(RetrievalResolved)
    def add_resolved(self, events: Events[RetrievalResolved]) -> None:
        add_retrieval_versions(
            (event.data.retrieval_id, passage.version_id, passage.document_id)
            for event in events
            for passage in read_passages(read_listing(event.data.passages))
            if passage.version_id is not None and passage.document_id is not None
        )

    @handles_all(PromptReported)
    def add_prompts(self, events: Events[PromptReported]) -> None:
        insert_prompts(events)

    @handles_all(PromptAssembled)
    def add_maps(self, events: Events[PromptAssembled]) -> None:
        note_maps(event.data for event in events)
        add_prompt_versions(
            (event.data.prompt_id, span[VERSION])
            for event in events
            for span in read_listing(event.data.spans)
            if span[VERSION] is not None
        )

    @handles_all(OutputReported)
    def add_outputs(self, events: Events[OutputReported]) -> None:
        insert_outputs(events)
        relate_outputs([event.data.output_id for event in events])
        add_cited(
            (event.data.output_id, row[2], row[3])
            for event in events
            if event.data.cited is not None
            for row in read_listing(event.data.cited)
        )

    @handles_all(OutputAttributed)
    def add_support(self, events: Events[OutputAttributed]) -> None:
        note_support(event.data for event in events)

    @handles_all(SubjectKeyDestroyed, alone=True)
    def erase(self, events: Events[SubjectKeyDestroyed]) -> None:
        erase_words(events)
