"""Folds how each index generation stands, and notes whose rows have to be brought up to date."""

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import handles
from retrieval.events import (
    IndexActivationRequested,
    IndexGenerationActivated,
    IndexGenerationBuilt,
    IndexGenerationCancelled,
    IndexGenerationDropped,
    IndexGenerationFailed,
    IndexGenerationPaused,
    IndexGenerationResumed,
    IndexGenerationStarted,
    IndexGenerationVerified,
)
from retrieval.models import IndexGeneration, KnowledgeState, State, TermStatistic

# The first generation is active from its start: there is nothing to load.
FIRST = 1


class GenerationStates:
    """One row for each generation. The rows of its passages follow when the batch is settled."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Drops what was noted and not settled: the transaction that noted it is gone."""
        self._built: set[int] = set()
        self._wanted: set[tuple[int, UUID]] = set()

    @handles(IndexGenerationStarted)
    def start_generation(self, event: Recorded[IndexGenerationStarted]) -> None:
        data = event.data
        first = data.generation == FIRST
        IndexGeneration.objects.create(
            generation=data.generation,
            embedding_model=data.embedding_model,
            model_digest=data.model_digest,
            chunker=data.configuration.get("chunker", ""),
            reading=data.configuration.get("reading", ""),
            dimensions=data.dimensions,
            configuration=data.configuration,
            started_position=event.place,
            state=State.BUILT if first else State.BUILDING,
            activate_when_verified=data.activate_when_verified,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT retrieval_make_generation_v2(%s, %s, %s)",
                [data.generation, data.dimensions, not first],
            )

    @handles(IndexGenerationPaused)
    def pause_generation(self, event: Recorded[IndexGenerationPaused]) -> None:
        _row(event.data.generation).update(paused=True)

    @handles(IndexGenerationResumed)
    def resume_generation(self, event: Recorded[IndexGenerationResumed]) -> None:
        _row(event.data.generation).update(paused=False)

    @handles(IndexGenerationBuilt)
    def open_generation(self, event: Recorded[IndexGenerationBuilt]) -> None:
        data = event.data
        _row(data.generation).update(
            state=State.BUILT,
            built_position=data.position,
            versions=data.versions,
            chunks=data.chunks,
            root=data.root,
        )
        self._built.add(data.generation)

    @handles(IndexGenerationVerified)
    def note_verified(self, event: Recorded[IndexGenerationVerified]) -> None:
        data = event.data
        _row(data.generation).filter(state=State.BUILT).update(state=State.VERIFIED)
        _row(data.generation).update(
            verified_position=data.position,
            versions=data.versions,
            chunks=data.chunks,
            root=data.root,
            problem="",
        )

    @handles(IndexGenerationFailed)
    def note_failed(self, event: Recorded[IndexGenerationFailed]) -> None:
        data = event.data
        _row(data.generation).update(problem=data.reason)
        if not _row(data.generation).filter(state__in=(State.ACTIVE, State.RETIRED)).exists():
            self._end(data.generation, State.FAILED)

    @handles(IndexActivationRequested)
    def note_request(self, event: Recorded[IndexActivationRequested]) -> None:
        asked_by = f"{event.actor.type} {event.actor.id}"
        _row(event.data.generation).update(activation_requested_by=asked_by)

    @handles(IndexGenerationActivated)
    def activate_generation(self, event: Recorded[IndexGenerationActivated]) -> None:
        generation = event.data.generation
        IndexGeneration.objects.filter(state=State.ACTIVE).update(state=State.RETIRED)
        _row(generation).update(
            state=State.ACTIVE, activated_position=event.place, activation_requested_by=""
        )
        KnowledgeState.objects.update_or_create(id=1, defaults={"generation": generation})

    @handles(IndexGenerationCancelled)
    def cancel_generation(self, event: Recorded[IndexGenerationCancelled]) -> None:
        self._end(event.data.generation, State.CANCELLED)

    @handles(IndexGenerationDropped)
    def drop_generation(self, event: Recorded[IndexGenerationDropped]) -> None:
        self._end(event.data.generation, State.DROPPED)

    def _end(self, generation: int, state: State) -> None:
        """Nothing stays of the generation's rows; its tables are emptied whole."""
        self._built.discard(generation)
        self._wanted = {each for each in self._wanted if each[0] != generation}
        _row(generation).update(state=state, paused=False, activation_requested_by="")
        with connection.cursor() as cursor:
            cursor.execute("SELECT retrieval_empty_generation_v1(%s)", [generation])
            # Finds rows only where they are folded beside the live ones.
            for table in ("retrieval_vector", "retrieval_terms"):
                cursor.execute(f"DELETE FROM {table} WHERE generation = %s", [generation])  # noqa: S608
        TermStatistic.objects.filter(generation=generation).delete()


def _row(generation: int) -> QuerySet[IndexGeneration]:
    return IndexGeneration.objects.filter(generation=generation)
