"""Folds the chunk index: vectors, terms and statistics, and which of them are live.

Each event is noted as it comes; rows follow when a batch of events is settled, so that a version
replaced within the batch is never put into the vector index at all. What a batch leaves depends on
the events alone, not on how they were cut into batches.
"""

from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Model

from ingestion.events import (
    ChunksEmbedded,
    DocumentDescribed,
    DocumentIndexed,
    DocumentQuarantined,
    DocumentRecut,
    DocumentReleased,
    DocumentReread,
    DocumentWithdrawn,
)
from ingestion.models import CatalogueVersion
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import handles
from provenance.projections.rows import put
from retrieval import knowledge, passages
from retrieval.events import EffectiveDatesPassed
from retrieval.generations import adoption
from retrieval.generations.states import GenerationStates
from retrieval.models import (
    SEARCHABLE,
    ChunkTerms,
    ChunkVector,
    DocumentWithdrawal,
    EmbeddedVersion,
    IndexGeneration,
    KnowledgeState,
    Passage,
    TermStatistic,
    VersionValidity,
)


class ChunkIndex(GenerationStates):
    """What search reads beside the catalogue. It is folded after the catalogue, in its turn."""

    tables: tuple[type[Model], ...] = (
        IndexGeneration,
        KnowledgeState,
        VersionValidity,
        DocumentWithdrawal,
        EmbeddedVersion,
        Passage,
        ChunkVector,
        ChunkTerms,
        TermStatistic,
    )

    def forget(self) -> None:
        super().forget()
        self._redrawn: set[UUID] = set()
        self._moment: datetime | None = None

    @handles(ChunksEmbedded)
    def add_embedded(self, event: Recorded[ChunksEmbedded]) -> None:
        data = event.data
        recipe: dict[str, Any] = {
            "model_digest": data.model_digest,
            "chunker": data.chunker,
            "reading": data.reading,
        }
        put(EmbeddedVersion(version_id=data.version_id, processing_id=data.processing_id, **recipe))
        generations = IndexGeneration.objects.filter(**recipe, state__in=SEARCHABLE)
        numbers = generations.values_list("generation", flat=True)
        self._wanted |= {(generation, data.version_id) for generation in numbers}

    @handles(DocumentRecut)
    def add_words(self, event: Recorded[DocumentRecut]) -> None:
        """At once: the passages were folded just before, and no vector index is concerned."""
        passages.add_words(event.data.version_id, event.data.processing_id)

    @handles(DocumentReread)
    def add_words_read_anew(self, event: Recorded[DocumentReread]) -> None:
        passages.add_words(event.data.version_id, event.data.processing_id)

    @handles(DocumentIndexed)
    def make_known(self, event: Recorded[DocumentIndexed]) -> None:
        self._redraw(event, event.data.document_id)

    @handles(DocumentDescribed)
    def redraw_described(self, event: Recorded[DocumentDescribed]) -> None:
        self._redraw(event, event.data.document_id)

    @handles(DocumentWithdrawn)
    def end_withdrawn(self, event: Recorded[DocumentWithdrawn]) -> None:
        moment = event.data.effective_from
        DocumentWithdrawal.objects.create(
            document_id=event.data.document_id,
            position=event.place,
            effective_from=None if moment is None else datetime.fromisoformat(moment),
        )
        self._redraw(event, event.data.document_id)

    @handles(DocumentQuarantined)
    def end_quarantined(self, event: Recorded[DocumentQuarantined]) -> None:
        self._redraw(event, event.data.document_id)

    @handles(DocumentReleased)
    def resume_released(self, event: Recorded[DocumentReleased]) -> None:
        self._redraw(event, event.data.document_id)

    @handles(SubjectKeyDestroyed)
    def erase_document(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        """Ends the document like a withdrawal, and leaves no word and no vector of its past."""
        if event.data.owner != "document":
            return
        document_id = event.data.owner_id
        versions = CatalogueVersion.objects.filter(document_id=document_id)
        passages.remove_versions(list(versions.values_list("version_id", flat=True)))
        knowledge.forget_words(document_id)
        DocumentWithdrawal.objects.create(document_id=document_id, position=event.place)
        self._redraw(event, document_id)

    @handles(EffectiveDatesPassed)
    def turn_with_time(self, event: Recorded[EffectiveDatesPassed]) -> None:
        self._note_time(datetime.fromisoformat(event.data.until))

    def _redraw(self, event: Recorded[Any], document_id: UUID) -> None:
        knowledge.redraw(document_id, position=event.place)
        self._redrawn.add(document_id)
        self._note_time(event.recorded_at)

    def _note_time(self, moment: datetime) -> None:
        self._moment = moment if self._moment is None else max(self._moment, moment)

    def settle(self) -> None:
        """Brings vectors, terms and statistics to what the noted events ask for."""
        if self._moment is not None:
            begun, ended = self._turn(self._moment)
            passages.set_live(ended, live=False)
            passages.set_live(begun, live=True)
        for generation in sorted(self._built):
            adoption.adopt(generation)
            self._wanted |= adoption.missing(generation)
        wanted = sorted(self._wanted)
        for generation, pairs in groupby(wanted, key=itemgetter(0)):
            passages.add_versions(generation, [version_id for _, version_id in pairs])
        for generation in sorted(self._built):
            adoption.make_indexes(generation)
        self.forget()

    def _turn(self, moment: datetime) -> tuple[list[UUID], list[UUID]]:
        """Moves the clock on; returns the versions that became live and those that ceased to be.

        Only redrawn documents are looked at, unless a date lies between the old and new clock.
        """
        state, _ = KnowledgeState.objects.get_or_create(id=1)
        clock = moment if state.clock is None else max(state.clock, moment)
        passed = state.settled_until is not None and state.settled_until <= clock
        turned = knowledge.turn(clock, None if passed else sorted(self._redrawn))
        state.clock = clock
        state.settled_from, state.settled_until = knowledge.settled_span(clock)
        state.save()
        on = {version_id for version_id, live in turned if live}
        off = {version_id for version_id, live in turned if not live}
        # A version that ended in one rectangle and began in the next was and is live.
        return sorted(on - off), sorted(off - on)
