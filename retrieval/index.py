"""Folds the chunk index: vectors, terms and statistics, and which of them are live."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from ingestion.embeddings.vectors import stored_vectors
from ingestion.events import DocumentDescribed, DocumentIndexed, DocumentWithdrawn
from provenance.eventstore.recorded import Recorded
from provenance.projections.projection import handles
from retrieval import knowledge
from retrieval.events import (
    EffectiveDatesPassed,
    IndexGenerationActivated,
    IndexGenerationStarted,
)
from retrieval.lexical import passage_terms
from retrieval.models import (
    ChunkTerms,
    ChunkVector,
    DocumentWithdrawal,
    IndexGeneration,
    KnowledgeState,
    TermStatistic,
    VersionValidity,
)
from retrieval.search import vector_text


class VectorsMissing(Exception):
    """A version counts as embedded, but vectors of it are not stored: embed it again."""


class ChunkIndex:
    """What search reads beside the catalogue. It is folded after the catalogue, in its turn."""

    tables: tuple[type[Model], ...] = (
        IndexGeneration,
        KnowledgeState,
        VersionValidity,
        DocumentWithdrawal,
        ChunkVector,
        ChunkTerms,
        TermStatistic,
    )

    @handles(IndexGenerationStarted)
    def start_generation(self, event: Recorded[IndexGenerationStarted]) -> None:
        data = event.data
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT retrieval_make_generation_v1(%s, %s)", [data.generation, data.dimensions]
            )
        IndexGeneration.objects.create(
            generation=data.generation,
            embedding_model=data.embedding_model,
            model_digest=data.model_digest,
            dimensions=data.dimensions,
            configuration=data.configuration,
            started_position=event.place,
        )

    @handles(IndexGenerationActivated)
    def activate_generation(self, event: Recorded[IndexGenerationActivated]) -> None:
        generation = event.data.generation
        IndexGeneration.objects.filter(generation=generation).update(activated_position=event.place)
        KnowledgeState.objects.update_or_create(id=1, defaults={"generation": generation})

    @handles(DocumentIndexed)
    def add_version(self, event: Recorded[DocumentIndexed]) -> None:
        data = event.data
        knowledge.redraw(data.document_id, position=event.place)
        begun, ended = _turned(event.recorded_at, data.document_id)
        for generation in _generations(data.model_digest):
            _add_rows(generation, data.version_id, data.model_digest, live=data.version_id in begun)
        _set_live(begun - {data.version_id}, ended)
        _count(begun, ended)

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

    @handles(EffectiveDatesPassed)
    def turn_with_time(self, event: Recorded[EffectiveDatesPassed]) -> None:
        begun, ended = _turned(datetime.fromisoformat(event.data.until), None)
        _set_live(begun, ended)
        _count(begun, ended)

    def _redraw(self, event: Recorded[Any], document_id: UUID) -> None:
        knowledge.redraw(document_id, position=event.place)
        begun, ended = _turned(event.recorded_at, document_id)
        _set_live(begun, ended)
        _count(begun, ended)


def _turned(moment: datetime, document_id: UUID | None) -> tuple[set[UUID], set[UUID]]:
    """Moves the clock on to `moment`; returns the versions that became live and that ceased to.

    Only one document's versions are looked at while no date lies between the old and the new clock.
    """
    state, _ = KnowledgeState.objects.get_or_create(id=1)
    clock = moment if state.clock is None else max(state.clock, moment)
    passed = state.settled_until is not None and state.settled_until <= clock
    turned = knowledge.turn(clock, None if passed or state.clock is None else document_id)
    settled_from, settled_until = knowledge.settled_span(clock)
    KnowledgeState.objects.filter(id=1).update(
        clock=clock, settled_from=settled_from, settled_until=settled_until
    )
    on = {version_id for version_id, live in turned if live}
    off = {version_id for version_id, live in turned if not live}
    # A version that ended in one rectangle and began in the next was and is live.
    return on - off, off - on


def _generations(model_digest: str) -> list[int]:
    found = IndexGeneration.objects.filter(model_digest=model_digest)
    return list(found.order_by("generation").values_list("generation", flat=True))


def _add_rows(generation: int, version_id: UUID, model_digest: str, *, live: bool) -> None:
    passages = _passages(version_id)
    vectors = stored_vectors(model_digest, [text_hash for _, text_hash, _, _ in passages])
    missing = {text_hash for _, text_hash, _, _ in passages} - vectors.keys()
    if missing:
        raise VectorsMissing(f"Version {version_id} lacks {len(missing)} vectors.")
    texts = [vector_text(vectors[text_hash]) for _, text_hash, _, _ in passages]
    weighed = [passage_terms(text) for _, _, text, _ in passages]
    rows = [
        (generation, chunk_id, version_id, collection, live)
        for chunk_id, _, _, collection in passages
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO retrieval_vector"
            " (generation, chunk_id, version_id, collection, live, embedding)"
            " VALUES (%s, %s, %s, %s, %s, %s::vector)",
            [(*row, text) for row, text in zip(rows, texts, strict=True)],
        )
        cursor.executemany(
            "INSERT INTO retrieval_terms"
            " (generation, chunk_id, version_id, collection, live, terms, weights)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s::sparsevec)",
            [(*row, each.terms, each.sparse) for row, each in zip(rows, weighed, strict=True)],
        )


def _passages(version_id: UUID) -> list[tuple[UUID, str, str, str]]:
    """Chunk id, keyed text hash, text and collection of every passage of a version."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.chunk_id, c.text_hash,"
            " substr(x.text, c.char_start + 1, c.char_end - c.char_start), v.collection"
            " FROM ingestion_chunk c JOIN ingestion_version v USING (version_id)"
            " JOIN ingestion_text x USING (version_id)"
            " WHERE c.version_id = %s AND c.processing_id = v.processing_id ORDER BY c.ordinal",
            [version_id],
        )
        return list(cursor.fetchall())


def _set_live(begun: Iterable[UUID], ended: Iterable[UUID]) -> None:
    for versions, live in ((list(begun), True), (list(ended), False)):
        if versions:
            with connection.cursor() as cursor:
                for table in ("retrieval_vector", "retrieval_terms"):
                    cursor.execute(
                        f"UPDATE {table} SET live = %s WHERE version_id = ANY(%s)",  # noqa: S608
                        [live, versions],
                    )


def _count(begun: Iterable[UUID], ended: Iterable[UUID]) -> None:
    """Adds to the statistics of live passages, or takes from them; term 0 counts passages."""
    for versions, sign in ((list(begun), 1), (list(ended), -1)):
        if versions:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO retrieval_term_statistic AS s"
                    " (generation, term, collection, chunks)"
                    " SELECT t.generation, u.term, t.collection, %s * count(*)"
                    " FROM retrieval_terms t, unnest(array_append(t.terms, 0)) AS u (term)"
                    " WHERE t.version_id = ANY(%s) GROUP BY 1, 2, 3"
                    " ON CONFLICT (generation, term, collection)"
                    " DO UPDATE SET chunks = s.chunks + excluded.chunks",
                    [sign, versions],
                )
