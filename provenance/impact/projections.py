"""Folds interactions into what rests on each passage and each template."""

from typing import Any, ClassVar

from django.db.models import Model

from ingestion.events import DocumentRecut, DocumentReread
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.recorded import Recorded
from provenance.impact.events import WordingCompared
from provenance.impact.facts import facts_of
from provenance.impact.folding import add_facts, forget_templates
from provenance.impact.models import (
    HeldPassage,
    OutdatedPassage,
    PassageOutput,
    RereadProcessing,
    ReturnedPassage,
    StaleAnswer,
    UsedPassage,
    UsingOutput,
    UsingPrompt,
    WordingChange,
)
from provenance.impact.readings import note_processings
from provenance.impact.stale_folding import compare, note
from provenance.projections.projection import (
    Events,
    Projection,
    handles,
    handles_all,
    projection,
)
from retrieval.events import RetrievalServed
from retrieval.recording.events import (
    OutputReported,
    PromptAssembled,
    PromptReported,
    RetrievalResolved,
)


@projection
class Impact(Projection):
    """Which passages and which template went into which output, and which of it is outdated."""

    name: ClassVar[str] = "impact"
    version: ClassVar[int] = 2
    tables: ClassVar[tuple[type[Model], ...]] = (
        UsedPassage,
        RereadProcessing,
        ReturnedPassage,
        HeldPassage,
        UsingPrompt,
        UsingOutput,
        PassageOutput,
        WordingChange,
        OutdatedPassage,
        StaleAnswer,
    )

    @handles_all(DocumentReread, DocumentRecut)
    def add_processings(self, events: Events[Any]) -> None:
        """Before interactions of the same set: what they returned was there already."""
        note_processings([event.data for event in events])

    @handles_all(
        RetrievalServed, RetrievalResolved, PromptReported, PromptAssembled, OutputReported
    )
    def add_interactions(self, events: Events[Any]) -> None:
        """What is outdated stays as it is among them: a comparison parts the sets."""
        facts = facts_of(events)
        note(add_facts(facts), facts)

    @handles(WordingCompared)
    def add_comparison(self, event: Recorded[WordingCompared]) -> None:
        compare(event)

    @handles_all(SubjectKeyDestroyed)
    def forget(self, events: Events[SubjectKeyDestroyed]) -> None:
        """What is added after it has no template any more, so that it may come last."""
        forget_templates([each.data.owner_id for each in events if each.data.owner == "prompt"])
