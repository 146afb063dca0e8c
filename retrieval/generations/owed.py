"""Which known versions have yet to be embedded for a generation, as pending work.

A part of the pending work, since no single event asks for it: a generation that is started asks
for every known version, and a version that comes to be known is asked for by every generation.
"""

from typing import Any, ClassVar, NamedTuple, Self
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from ingestion.events import ChunksEmbedded, DocumentIndexed
from provenance.eventstore import store
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.ids import derived_id
from provenance.eventstore.recorded import Recorded
from provenance.projections.models import Progress
from provenance.projections.pending import add_part
from provenance.projections.projection import handles
from provenance.projections.rows import put
from retrieval.events import (
    IndexGenerationActivated,
    IndexGenerationBuilt,
    IndexGenerationCancelled,
    IndexGenerationDropped,
    IndexGenerationFailed,
    IndexGenerationPaused,
    IndexGenerationResumed,
    IndexGenerationStarted,
)
from retrieval.generations.loading_models import (
    EmbeddedUnder,
    IndexedVersion,
    OwedEmbedding,
    WantingGeneration,
)
from retrieval.generations.states import FIRST
from retrieval.models import IndexGeneration
from retrieval.passages import Recipe

QUEUE = "rebuild"
EMBED_AGAIN, BUILD = "embed_again", "build_generation"
# One piece of work is one version under one model, as it is read and cut for it.
OWE = f"""
    WITH owed AS (
        INSERT INTO retrieval_owed_embedding
            (subject_id, version_id, model_digest, chunker, reading)
        SELECT md5(v.version_id::text || %(digest)s || %(chunker)s || %(reading)s)::uuid,
               v.version_id, %(digest)s, %(chunker)s, %(reading)s
        FROM retrieval_indexed_version AS v
        WHERE (%(version)s::uuid IS NULL OR v.version_id = %(version)s)
          AND NOT EXISTS (SELECT FROM retrieval_embedded_under AS e
                          WHERE e.version_id = v.version_id AND e.model_digest = %(digest)s
                            AND e.chunker = %(chunker)s AND e.reading = %(reading)s)
        ON CONFLICT DO NOTHING RETURNING subject_id, version_id
    )
    INSERT INTO projections_pending_work (kind, subject_id, queue, cause_event_id, position)
    SELECT '{EMBED_AGAIN}', owed.subject_id, '{QUEUE}', v.processed_event_id, v.position
    FROM owed JOIN retrieval_indexed_version AS v USING (version_id)
"""  # noqa: S608  made of constants
OWE_NO_MORE = f"""
    WITH owed AS (
        DELETE FROM retrieval_owed_embedding WHERE model_digest = %(digest)s
        AND chunker = %(chunker)s AND reading = %(reading)s
        AND (%(version)s::uuid IS NULL OR version_id = %(version)s)
        RETURNING subject_id
    )
    DELETE FROM projections_pending_work AS w USING owed
    WHERE w.kind = '{EMBED_AGAIN}' AND w.subject_id = owed.subject_id
"""  # noqa: S608


class Wanted(NamedTuple):
    """What a generation wants of a version: a model, what cuts its passages, what reads it."""

    model_digest: str
    chunker: str
    reading: str

    @classmethod
    def of(cls, source: Recipe) -> Self:
        return cls(source.model_digest, source.chunker, source.reading)

    @property
    def named(self) -> dict[str, Any]:
        return {
            "model_digest": self.model_digest,
            "chunker": self.chunker,
            "reading": self.reading,
        }


def subject_of(generation: int) -> UUID:
    """The generation as the subject of work."""
    return derived_id(f"index-{generation}", "generation")


def owed_to(generation: IndexGeneration) -> int:
    """How many known versions have yet to be embedded as the generation wants them."""
    return OwedEmbedding.objects.filter(**Wanted.of(generation).named).count()


def about_to_be_owed_to(generation: IndexGeneration) -> int:
    """How many versions became known so late that it is not folded what they lack."""
    folded = Progress.objects.get(name="pending_work").position
    late = store.read_after(folded, types=[DocumentIndexed, ChunksEmbedded])
    wanted = Wanted.of(generation)
    embedded = {
        event.data.version_id
        for event in late
        if isinstance(event.data, ChunksEmbedded) and Wanted.of(event.data) == wanted
    }
    known = {e.data.version_id for e in late if isinstance(e.data, DocumentIndexed)}
    return len(known - embedded)


@add_part
class OwedEmbeddings:
    """Opens `embed_again` for what is owed, and `build_generation` where nothing is any more."""

    tables: ClassVar[tuple[type[Model], ...]] = (
        IndexedVersion,
        EmbeddedUnder,
        OwedEmbedding,
        WantingGeneration,
    )

    @handles(DocumentIndexed)
    def add_version(self, event: Recorded[DocumentIndexed]) -> None:
        if event.causation_id is None:
            raise ValueError(f"DocumentIndexed {event.event_id} has no cause.")
        version_id = event.data.version_id
        put(
            IndexedVersion(
                version_id=version_id,
                document_id=event.data.document_id,
                processed_event_id=event.causation_id,
                position=event.place,
            )
        )
        for wanted in _wanted_of_all():
            _run(OWE, wanted, version_id)

    @handles(ChunksEmbedded)
    def close_embedded(self, event: Recorded[ChunksEmbedded]) -> None:
        version_id, wanted = event.data.version_id, Wanted.of(event.data)
        put(EmbeddedUnder(version_id=version_id, **wanted.named))
        if _run(OWE_NO_MORE, wanted, version_id):
            _open_builds(event)

    @handles(SubjectKeyDestroyed)
    def forget_document(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        if event.data.owner != "document":
            return
        gone = IndexedVersion.objects.filter(document_id=event.data.owner_id)
        for version_id in list(gone.values_list("version_id", flat=True)):
            for wanted in _wanted_of_all():
                _run(OWE_NO_MORE, wanted, version_id)
        gone.delete()
        _open_builds(event)

    @handles(IndexGenerationStarted)
    def want_all(self, event: Recorded[IndexGenerationStarted]) -> None:
        data = event.data
        WantingGeneration.objects.create(
            generation=data.generation,
            embedding_model=data.embedding_model,
            model_digest=data.model_digest,
            chunker=data.configuration.get("chunker", ""),
            reading=data.configuration.get("reading", ""),
            building=data.generation != FIRST,
            paused=False,
            activated=False,
        )
        for wanted in _wants(_row(data.generation)):
            _run(OWE, wanted)
        _open_builds(event)

    @handles(IndexGenerationBuilt)
    def note_built(self, event: Recorded[IndexGenerationBuilt]) -> None:
        _row(event.data.generation).update(building=False)

    @handles(IndexGenerationActivated)
    def note_activated(self, event: Recorded[IndexGenerationActivated]) -> None:
        _row(event.data.generation).update(activated=True)

    @handles(IndexGenerationPaused)
    def pause(self, event: Recorded[IndexGenerationPaused]) -> None:
        _row(event.data.generation).update(paused=True)
        self._want_no_more(event.data.generation)

    @handles(IndexGenerationResumed)
    def resume(self, event: Recorded[IndexGenerationResumed]) -> None:
        _row(event.data.generation).update(paused=False)
        for wanted in _wants(_row(event.data.generation)):
            _run(OWE, wanted)
        _open_builds(event)

    @handles(IndexGenerationFailed)
    def end_failed(self, event: Recorded[IndexGenerationFailed]) -> None:
        # One that was active once goes on, with what is wrong noted beside it.
        if _row(event.data.generation).filter(activated=False).exists():
            self._end(event.data.generation)

    @handles(IndexGenerationCancelled)
    def end_cancelled(self, event: Recorded[IndexGenerationCancelled]) -> None:
        self._end(event.data.generation)

    @handles(IndexGenerationDropped)
    def end_dropped(self, event: Recorded[IndexGenerationDropped]) -> None:
        self._end(event.data.generation)

    def _end(self, generation: int) -> None:
        self._want_no_more(generation)
        _row(generation).delete()

    def _want_no_more(self, generation: int) -> None:
        others = WantingGeneration.objects.exclude(generation=generation).filter(paused=False)
        for wanted in set(_wants(_row(generation))) - set(_wants(others)):
            _run(OWE_NO_MORE, wanted)
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM projections_pending_work WHERE kind = %s AND subject_id = %s",
                [BUILD, subject_of(generation)],
            )


def _row(generation: int) -> QuerySet[WantingGeneration]:
    return WantingGeneration.objects.filter(generation=generation)


def _wanted_of_all() -> list[Wanted]:
    return sorted(set(_wants(WantingGeneration.objects.filter(paused=False))))


def _wants(rows: QuerySet[WantingGeneration]) -> list[Wanted]:
    return [Wanted(*row) for row in rows.values_list("model_digest", "chunker", "reading")]


def _open_builds(event: Recorded[Any]) -> None:
    """Has each generation loaded for which every known version is embedded."""
    for row in WantingGeneration.objects.filter(building=True, paused=False):
        owed = OwedEmbedding.objects.filter(**Wanted.of(row).named)
        if not owed.exists():
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO projections_pending_work"
                    " (kind, subject_id, queue, cause_event_id, position)"
                    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    [BUILD, subject_of(row.generation), QUEUE, event.event_id, event.place],
                )


def _run(statement: str, wanted: Wanted, version_id: UUID | None = None) -> int:
    digest, chunker, reading = wanted
    parameters = {"digest": digest, "chunker": chunker, "reading": reading, "version": version_id}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
