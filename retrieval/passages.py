"""The rows of passages in the index: their words, vectors and terms, and the counts of terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection

from ingestion.embeddings.vectors import Vector, stored_vectors
from provenance.eventstore.driver import driver_cursor
from retrieval.lexical import passage_terms
from retrieval.models import IndexGeneration

# The counts of the passages of some versions, by generation, term and collection; term 0 is all.
COUNTED = """
    SELECT t.generation, u.term, t.collection, count(*)::integer AS chunks
    FROM retrieval_terms AS t, unnest(array_append(t.terms, 0)) AS u (term)
    WHERE t.version_id = ANY(%(versions)s)
      AND (%(generation)s::integer IS NULL OR t.generation = %(generation)s)
    GROUP BY 1, 2, 3
"""
ADD = f"""
    INSERT INTO retrieval_term_statistic AS s (generation, term, collection, chunks) {COUNTED}
    ON CONFLICT (generation, term, collection) DO UPDATE SET chunks = s.chunks + excluded.chunks
"""
# A count of none is no row, however it came to be none.
SUBTRACT = f"""
    WITH counted AS MATERIALIZED ({COUNTED}),
    gone AS (
        DELETE FROM retrieval_term_statistic AS s USING counted AS c
        WHERE (s.generation, s.term, s.collection) = (c.generation, c.term, c.collection)
          AND s.chunks = c.chunks
    )
    UPDATE retrieval_term_statistic AS s SET chunks = s.chunks - c.chunks FROM counted AS c
    WHERE (s.generation, s.term, s.collection) = (c.generation, c.term, c.collection)
      AND s.chunks <> c.chunks
"""  # noqa: S608  made of constants

TEXTS = """
    WITH wanted AS (
        SELECT * FROM unnest(%(versions)s::uuid[], %(readings)s::text[]) AS w (version_id, reading)
    )
    SELECT version_id, reading, text FROM wanted JOIN ingestion_text USING (version_id)
    WHERE reading = ''
    UNION ALL
    SELECT version_id, reading, text FROM wanted
    JOIN ingestion_rereading USING (version_id, reading)
"""
REMOVE_LOADING = """
    WITH words AS (
        DELETE FROM retrieval_loading_terms WHERE version_id = ANY(%(versions)s)
        RETURNING generation
    ), vectors AS (
        DELETE FROM retrieval_loading_vector WHERE version_id = ANY(%(versions)s)
    )
    DELETE FROM retrieval_loading_statistic WHERE generation IN (SELECT generation FROM words)
"""


VERSIONS_AT_ONCE = 50


class Recipe(Protocol):
    """What of a generation decides which passages a version has in it."""

    @property
    def model_digest(self) -> str: ...

    @property
    def chunker(self) -> str: ...

    @property
    def reading(self) -> str: ...


class VectorsMissing(Exception):
    """A version counts as embedded, but vectors of it are not stored: embed it again."""


@dataclass(frozen=True)
class Passage:
    chunk_id: UUID
    text_hash: str
    text: str
    char_start: int
    char_end: int
    page: int | None
    reading: str = ""


Passages = Mapping[UUID, Sequence[Passage]]
# Generation, version, collection, whether it is live, and the passage.
Row = tuple[int, UUID, str, bool, Passage]


def set_live(versions: Sequence[UUID], *, live: bool, generation: int | None = None) -> None:
    """Turns the rows of versions that are there, and counts their terms in, or out."""
    if not versions:
        return
    with connection.cursor() as cursor:
        for table in ("retrieval_vector", "retrieval_terms"):
            cursor.execute(
                f"UPDATE {table} SET live = %s WHERE version_id = ANY(%s)"  # noqa: S608
                " AND (%s::integer IS NULL OR generation = %s)",
                [live, list(versions), generation, generation],
            )
    _count(versions, added=live, generation=generation)


def remove_versions(versions: Sequence[UUID]) -> None:
    """Takes the passages of versions out of every generation, and their terms out of the counts.

    A generation that is being loaded loses them too, and with them its counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT version_id FROM retrieval_terms WHERE version_id = ANY(%s) AND live",
            [list(versions)],
        )
        counted = [row[0] for row in cursor.fetchall()]
        _count(counted, added=False)
        for table in ("retrieval_vector", "retrieval_terms", "retrieval_passage"):
            cursor.execute(
                f"DELETE FROM {table} WHERE version_id = ANY(%s)",  # noqa: S608
                [list(versions)],
            )
        cursor.execute(REMOVE_LOADING, {"versions": list(versions)})


def add_versions(generation: int, versions: Sequence[UUID]) -> None:
    """Adds the passages of embedded versions to a generation. Raises VectorsMissing."""
    of_generation = IndexGeneration.objects.get(generation=generation)
    # So many at a time that a large document beside others stays within memory.
    for first in range(0, len(versions), VERSIONS_AT_ONCE):
        _add_versions(of_generation, versions[first : first + VERSIONS_AT_ONCE])


def _add_versions(generation: IndexGeneration, versions: Sequence[UUID]) -> None:
    number = generation.generation
    absent = _absent(number, versions)
    found = passages_of([version_id for version_id, _, _ in absent], generation)
    vectors = _vectors(found, generation.model_digest)
    rows = [
        (number, version_id, collection, live, passage)
        for version_id, collection, live in absent
        for passage in found[version_id]
    ]
    _copy_words(found)
    _copy_vectors(rows, vectors)
    _copy_terms(rows)
    if counted := [version_id for version_id, _, live in absent if live]:
        _count(counted, added=True, generation=number)


def _absent(generation: int, versions: Sequence[UUID]) -> list[tuple[UUID, str, bool]]:
    """Those without rows in the generation, with their collection and whether they are live."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.version_id, v.collection, COALESCE("
            " (SELECT bool_or(r.live) FROM retrieval_validity r"
            "  WHERE r.version_id = v.version_id), false)"
            " FROM ingestion_version v WHERE v.version_id = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM retrieval_terms t"
            "  WHERE t.generation = %s AND t.version_id = v.version_id)"
            " ORDER BY v.version_id",
            [list(versions), generation],
        )
        return list(cursor.fetchall())


def add_words(version_id: UUID, processing_id: UUID) -> None:
    """Adds the words of passages that were cut or read anew, for all generations that hold them."""
    _copy_words(_of_processings({version_id: processing_id}))


def vector_text(vector: Vector) -> str:
    """As pgvector writes a vector; every 32-bit float comes back as it was."""
    return f"[{','.join(map(str, vector.tolist()))}]"


def passages_of(versions: Sequence[UUID], generation: Recipe) -> dict[UUID, list[Passage]]:
    """The passages of each version as the generation has it, in order; an erased one has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id, processing_id FROM retrieval_embedded_version"
            " WHERE version_id = ANY(%s) AND model_digest = %s AND chunker = %s AND reading = %s",
            [list(versions), generation.model_digest, generation.chunker, generation.reading],
        )
        embedded = dict(cursor.fetchall())
    return {version_id: [] for version_id in versions} | _of_processings(embedded)


def _of_processings(processings: Mapping[UUID, UUID]) -> dict[UUID, list[Passage]]:
    """The passages that each version got by the processing, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.version_id, c.chunk_id, c.text_hash, c.char_start, c.char_end, c.page,"
            " c.reading FROM unnest(%s::uuid[], %s::uuid[]) AS p (version_id, processing_id)"
            " JOIN ingestion_chunk AS c USING (version_id, processing_id)"
            " ORDER BY c.version_id, c.ordinal",
            [list(processings), list(processings.values())],
        )
        rows = cursor.fetchall()
    texts = _texts({(row[0], row[6]) for row in rows})
    found: dict[UUID, list[Passage]] = {version_id: [] for version_id in processings}
    for version_id, chunk_id, text_hash, start, end, page, reading in rows:
        text = texts[version_id, reading][start:end]
        found[version_id].append(Passage(chunk_id, text_hash, text, start, end, page, reading))
    return found


def _texts(wanted: set[tuple[UUID, str]]) -> dict[tuple[UUID, str], str]:
    """By version and reading."""
    if not wanted:
        return {}
    versions, readings = (list(column) for column in zip(*wanted, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(TEXTS, {"versions": versions, "readings": readings})
        return {(version_id, reading): text for version_id, reading, text in cursor.fetchall()}


def _vectors(passages: Passages, model_digest: str) -> dict[str, Vector]:
    """By the hash of their text."""
    hashes = {each.text_hash for found in passages.values() for each in found}
    vectors = stored_vectors(model_digest, hashes)
    for version_id, found in passages.items():
        if missing := {each.text_hash for each in found} - vectors.keys():
            raise VectorsMissing(f"Version {version_id} lacks {len(missing)} vectors.")
    return vectors


def _copy_words(passages: Passages) -> None:
    with driver_cursor() as cursor:
        cursor.executemany(
            "INSERT INTO retrieval_passage"
            " (chunk_id, version_id, char_start, char_end, page, text, reading)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                (
                    each.chunk_id,
                    version_id,
                    each.char_start,
                    each.char_end,
                    each.page,
                    each.text,
                    each.reading,
                )
                for version_id, found in passages.items()
                for each in found
            ],
        )


def _copy_vectors(rows: Sequence[Row], vectors: Mapping[str, Vector]) -> None:
    with (
        driver_cursor() as cursor,
        cursor.copy(
            "COPY retrieval_vector"
            " (generation, version_id, collection, live, chunk_id, embedding) FROM STDIN"
        ) as copy,
    ):
        for *shared, passage in rows:
            vector = vector_text(vectors[passage.text_hash])
            copy.write_row((*shared, passage.chunk_id, vector))


def _copy_terms(rows: Sequence[Row]) -> None:
    with (
        driver_cursor() as cursor,
        cursor.copy(
            "COPY retrieval_terms"
            " (generation, version_id, collection, live, chunk_id, terms, weights) FROM STDIN"
        ) as copy,
    ):
        for *shared, passage in rows:
            found = passage_terms(passage.text)
            copy.write_row((*shared, passage.chunk_id, found.terms, found.sparse))


def _count(versions: Sequence[UUID], *, added: bool, generation: int | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            ADD if added else SUBTRACT, {"versions": list(versions), "generation": generation}
        )
