"""Loads the rows of a generation beside the live ones, then makes its indexes, in a worker.

Rows first, without indexes; then the indexes, each in one go; then what has come meanwhile. A
version is loaded whole or not at all, so that whoever goes on after a crash loads the others.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection, transaction

from ingestion.embeddings.vectors import stored_vectors
from provenance.projections.work import RetryLater, WorkItem
from retrieval.errors import GenerationStopped
from retrieval.generations import loading_progress
from retrieval.generations.copying import Pair, copy_rows
from retrieval.generations.keeping import keeping
from retrieval.models import IndexGeneration, State
from retrieval.passages import passages_of

# A worker commits, renews its lease and looks whether it should go on after so many passages.
SLICE_CHUNKS = 2000
SLICE_VERSIONS = 200
STEPS = ("keys", "words", "vectors")
NOT_LOADED = """
    SELECT v.version_id, v.chunks, v.collection,
           EXISTS (SELECT FROM retrieval_validity AS r
                   WHERE r.version_id = v.version_id AND r.live) AS live
    FROM retrieval_embedded_version AS e JOIN ingestion_version AS v USING (version_id)
    WHERE e.model_digest = %(digest)s AND e.chunker = %(chunker)s AND e.reading = %(reading)s
      AND v.erased_at IS NULL
      AND (%(after)s::uuid IS NULL OR v.version_id > %(after)s)
      AND NOT EXISTS (SELECT FROM retrieval_loading_terms AS t
                      WHERE t.generation = %(generation)s AND t.version_id = v.version_id)
    ORDER BY v.version_id LIMIT %(limit)s
"""
COUNT_TERMS = """
    INSERT INTO retrieval_loading_statistic (generation, term, collection, chunks)
    SELECT t.generation, u.term, t.collection, count(*)
    FROM retrieval_loading_terms AS t, unnest(array_append(t.terms, 0)) AS u (term)
    WHERE t.generation = %(generation)s AND t.live GROUP BY 1, 2, 3
"""
LOADING = Pair("retrieval_loading_vector", "retrieval_loading_terms")

Version = tuple[UUID, int, str, bool]


def load_rows(generation: IndexGeneration, item: WorkItem) -> None:
    """Loads every embedded version that is not loaded. Raises GenerationStopped, LeaseLost."""
    total = loading_progress.total_chunks()
    done = loaded_chunks(generation.generation)
    for versions in _slices(generation):
        go_on(generation.generation)
        done += _load(generation, versions)
        loading_progress.note(generation.generation, "loading", done, max(done, total))
        item.renew()


def make_indexes(generation: IndexGeneration, item: WorkItem) -> None:
    """Makes the indexes over the loaded rows, which may take minutes."""
    for number, step in enumerate(STEPS):
        go_on(generation.generation)
        loading_progress.note(generation.generation, "indexing", number, len(STEPS))
        with keeping(item), connection.cursor() as cursor:
            cursor.execute(
                "SELECT retrieval_index_generation_v1(%s, %s)", [generation.generation, step]
            )


@transaction.atomic
def count_terms(generation: int) -> None:
    """Counts the terms of what is loaded. Raises RetryLater if something went meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM retrieval_loading_statistic WHERE generation = %s", [generation]
        )
        before = loaded_chunks(generation)
        cursor.execute(COUNT_TERMS, {"generation": generation})
        _hold_still()
        if loaded_chunks(generation) != before:
            raise RetryLater("A document was erased while its terms were counted.")


def loaded_chunks(generation: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM retrieval_loading_terms WHERE generation = %s", [generation]
        )
        return int(cursor.fetchone()[0])


def go_on(generation: int) -> None:
    """Raises GenerationStopped once the generation is paused, cancelled or failed."""
    row = IndexGeneration.objects.get(generation=generation)
    if row.paused or row.state not in {State.BUILDING, State.BUILT, State.VERIFIED}:
        raise GenerationStopped(generation)


def _slices(generation: IndexGeneration) -> Iterator[list[Version]]:
    after: UUID | None = None
    while found := _not_loaded(generation, after):
        part: list[Version] = []
        for version in found:
            part.append(version)
            if sum(chunks for _, chunks, _, _ in part) >= SLICE_CHUNKS:
                yield part
                part = []
        if part:
            yield part
        after = found[-1][0]


def _not_loaded(generation: IndexGeneration, after: UUID | None) -> list[Version]:
    with connection.cursor() as cursor:
        cursor.execute(
            NOT_LOADED,
            {
                "digest": generation.model_digest,
                "chunker": generation.chunker,
                "reading": generation.reading,
                "generation": generation.generation,
                "after": after,
                "limit": SLICE_VERSIONS,
            },
        )
        return list(cursor.fetchall())


@transaction.atomic
def _load(generation: IndexGeneration, versions: Sequence[Version]) -> int:
    passages = passages_of([version_id for version_id, *_ in versions], generation)
    texts = {each.text_hash for found in passages.values() for each in found}
    vectors = stored_vectors(generation.model_digest, texts)
    if texts - vectors.keys():
        raise RetryLater(f"{len(texts - vectors.keys())} vectors are not stored.")
    rows = [
        (version_id, collection, live, passage)
        for version_id, _, collection, live in versions
        for passage in passages[version_id]
    ]
    copy_rows(LOADING, generation.generation, rows, vectors)
    _remove_erased([version_id for version_id, *_ in versions])
    return len(rows)


def _remove_erased(versions: Sequence[UUID]) -> None:
    """Takes back what was erased since it was read; until the commit, nothing more is erased."""
    _hold_still()
    with connection.cursor() as cursor:
        for table in ("retrieval_loading_vector", "retrieval_loading_terms"):
            cursor.execute(
                f"DELETE FROM {table} WHERE version_id IN (SELECT version_id"  # noqa: S608
                " FROM ingestion_version WHERE version_id = ANY(%s) AND erased_at IS NOT NULL)",
                [list(versions)],
            )


def _hold_still() -> None:
    """Until the transaction ends, nothing is folded into what search reads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM projections_progress WHERE name = 'knowledge' FOR SHARE")
