"""Searches index generations that have been dropped: their rows are made again beside the index.

The words come from the catalogue, the vectors from their store. Temporary tables hold them for as
long as they may be asked for, under names of their own: a statement that was prepared for the index
would go on reading it, whatever stood before it.
"""

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import connection, transaction

from ingestion.embeddings.vectors import stored_vectors
from retrieval.generations.active import Generation
from retrieval.generations.copying import Pair, copy_rows
from retrieval.passages import VectorsMissing, passages_of
from retrieval.search import Found, Question, search
from retrieval.validity import counts_at

SIDES = ("vector", "terms")
SLICE = 200
COUNTED = f"""
    SELECT v.version_id, v.collection, n.erased_at IS NOT NULL
    FROM retrieval_validity AS v JOIN ingestion_version AS n USING (version_id)
    WHERE {counts_at("%(position)s", "%(effective_at)s")}
      AND (%(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s))
    ORDER BY v.version_id
"""  # noqa: S608  made of constants

Version = tuple[UUID, str]


class DroppedGenerations:
    """Makes the rows of a version again once a generation, however many searches need them.

    A search looks at the versions that counted at its moment only, so further ones do no harm.
    """

    def __init__(self) -> None:
        self._held: dict[int, set[UUID]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in self._held:
            _drop(number)

    def search(self, question: Question, generation: Generation) -> Found:
        """The same as `search` found while the generation was there.

        `question` is exact, of a moment. Raises VectorsMissing, IndexNotReady, IndexBehind.
        """
        number = generation.generation
        if number not in self._held:
            _create(number)
            self._held[number] = set()
        with transaction.atomic():
            added = self._complete(question, generation)
            beside = replace(generation, rows=_suffix(number))
            found = search(question, beside, only_active=False)
        # Had it failed, what was added would be gone.
        self._held[number] |= added
        return found

    def _complete(self, question: Question, generation: Generation) -> set[UUID]:
        """Adds the rows of what counted, takes out those of what has been erased meanwhile."""
        held, counted = self._held[generation.generation], _counted(question)
        erased = [version_id for version_id, _, is_erased in counted if is_erased]
        _remove(generation.generation, [each for each in erased if each in held])
        absent = [(each, collection) for each, collection, _ in counted if each not in held]
        for start in range(0, len(absent), SLICE):
            _fill(generation, absent[start : start + SLICE])
        return {version_id for version_id, _ in absent}


def _suffix(number: int) -> str:
    return f"_of_dropped_{number}"


def _name(side: str, number: int) -> str:
    return f"retrieval_{side}{_suffix(number)}"


def _create(number: int) -> None:
    _drop(number)
    with connection.cursor() as cursor:
        for side in SIDES:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {_name(side, number)}"
                f" (LIKE public.retrieval_{side} INCLUDING STORAGE,"
                " PRIMARY KEY (generation, chunk_id))"
            )


def _drop(number: int) -> None:
    with connection.cursor() as cursor:
        for side in SIDES:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{_name(side, number)}")


def _counted(question: Question) -> list[tuple[UUID, str, bool]]:
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
    number = generation.generation
    rows = [
        (version_id, collection, True, passage)
        for version_id, collection in versions
        for passage in passages[version_id]
    ]
    pair = Pair(*(f"pg_temp.{_name(side, number)}" for side in SIDES))
    copy_rows(pair, number, rows, vectors)


def _remove(number: int, versions: Sequence[UUID]) -> None:
    if not versions:
        return
    with connection.cursor() as cursor:
        for side in SIDES:
            cursor.execute(
                f"DELETE FROM pg_temp.{_name(side, number)}"  # noqa: S608
                " WHERE version_id = ANY(%s)",
                [list(versions)],
            )
