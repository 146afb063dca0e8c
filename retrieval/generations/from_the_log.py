"""Searches an index generation that has been dropped: its rows are made again for one search.

Temporary tables stand before those of the index for as long as a transaction lasts, with the rows
of what counted at the moment: the words from the catalogue, the vectors from their store.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from ingestion.embeddings.vectors import stored_vectors
from provenance.eventstore.driver import driver_cursor
from retrieval.generations.active import Generation
from retrieval.lexical import passage_terms
from retrieval.passages import Passage, VectorsMissing, passages_of, vector_text
from retrieval.search import Found, Question, search
from retrieval.validity import counts_at

TABLES = ("retrieval_vector", "retrieval_terms")
SLICE = 200
COUNTED = f"""
    SELECT v.version_id, v.collection FROM retrieval_validity AS v
    WHERE {counts_at("%(position)s", "%(effective_at)s")}
      AND (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
    ORDER BY v.version_id
"""  # noqa: S608  made of constants

Version = tuple[UUID, str]


def search_dropped(question: Question, generation: Generation) -> Found:
    """The same as `search` found while the generation was there. `question` is exact, of a moment.

    Raises VectorsMissing, IndexNotReady, IndexBehind.
    """
    with transaction.atomic(), _temporary_tables():
        versions = _counted(question)
        for start in range(0, len(versions), SLICE):
            _fill(generation, versions[start : start + SLICE])
        return search(question, generation, only_active=False)


@contextmanager
def _temporary_tables() -> Iterator[None]:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table})")
    yield
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE pg_temp.{table}")


def _counted(question: Question) -> list[Version]:
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTED,
            {
                "position": question.as_of,
                "effective_at": question.effective_at,
                "collections": question.collections,
            },
        )
        return list(cursor.fetchall())


def _fill(generation: Generation, versions: Sequence[Version]) -> None:
    passages = passages_of([version_id for version_id, _ in versions], generation)
    texts = {each.text_hash for found in passages.values() for each in found}
    vectors = stored_vectors(generation.model_digest, texts)
    if texts - vectors.keys():
        raise VectorsMissing(f"{len(texts - vectors.keys())} vectors are not stored.")
    rows = [
        (generation.generation, version_id, collection, True, passage)
        for version_id, collection in versions
        for passage in passages[version_id]
    ]
    columns = "(generation, version_id, collection, live, chunk_id"
    with driver_cursor() as cursor:
        with cursor.copy(f"COPY pg_temp.retrieval_vector {columns}, embedding) FROM STDIN") as copy:
            for *shared, passage in rows:
                embedding = vector_text(vectors[passage.text_hash])
                copy.write_row((*shared, passage.chunk_id, embedding))
        with cursor.copy(
            f"COPY pg_temp.retrieval_terms {columns}, terms, weights) FROM STDIN"
        ) as copy:
            for *shared, passage in rows:
                copy.write_row((*shared, *_words(passage)))


def _words(passage: Passage) -> tuple[UUID, list[int], str]:
    found = passage_terms(passage.text)
    return passage.chunk_id, found.terms, found.sparse
