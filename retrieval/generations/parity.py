"""Compares a generation with the log, row by row, and computes the root over its contents."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.sealed import box_at
from provenance.sealing.keys import living
from retrieval.errors import NotAsRecorded
from retrieval.generations.contents import Known, Row, index_rows, known_versions, recorded_rows
from retrieval.models import IndexGeneration

Report = Callable[[int], None]

# Rows of passages that nothing in the log accounts for.
UNKNOWN_ROWS = """
    SELECT t.chunk_id FROM {table} AS t
    WHERE t.generation = %(generation)s AND NOT EXISTS (
        SELECT FROM ingestion_chunk AS c WHERE c.chunk_id = t.chunk_id)
    ORDER BY t.chunk_id LIMIT 1
"""
WRONGLY_LIVE = """
    SELECT t.chunk_id FROM retrieval_terms AS t
    WHERE t.generation = %(generation)s AND t.live <> EXISTS (
        SELECT FROM retrieval_validity AS v WHERE v.version_id = t.version_id AND v.live)
    ORDER BY t.chunk_id LIMIT 1
"""
WRONGLY_COUNTED = """
    WITH counted AS (
        SELECT t.generation, u.term, t.collection, count(*)::integer AS chunks
        FROM retrieval_terms AS t, unnest(array_append(t.terms, 0)) AS u (term)
        WHERE t.generation = %(generation)s AND t.live GROUP BY 1, 2, 3
    )
    SELECT term FROM counted AS c
    FULL JOIN (SELECT * FROM retrieval_term_statistic WHERE generation = %(generation)s) AS s
        USING (generation, term, collection)
    WHERE c.chunks IS DISTINCT FROM s.chunks ORDER BY term LIMIT 1
"""


@dataclass
class Contents:
    """What was found up to a position: how many versions and passages, and the root so far."""

    position: int
    versions: int = 0
    chunks: int = 0
    hashed: Any = field(default_factory=hashlib.sha256, repr=False)

    def add(self, rows: Sequence[Row]) -> None:
        self.versions += 1
        self.chunks += len(rows)
        for row in rows:
            self.hashed.update(row.digest())

    @property
    def root(self) -> str:
        return str(self.hashed.hexdigest())


def loaded_contents(generation: IndexGeneration, *, until: int, report: Report) -> Contents:
    """The root over what is loaded of the versions known at a position, as the rows stand."""
    contents = Contents(until)
    for known in known_versions(generation, until=until):
        versions = [each.version_id for each in known]
        for rows in index_rows(generation.generation, versions, loading=True).values():
            if rows:
                contents.add(rows)
        report(contents.chunks)
    return contents


def verified_contents(generation: IndexGeneration, *, until: int, report: Report) -> Contents:
    """The root over what the log says of the versions known at a position, if the rows are that.

    Raises NotAsRecorded with the first difference.
    """
    contents = Contents(until)
    for known in known_versions(generation, until=until):
        found = index_rows(generation.generation, [each.version_id for each in known])
        with prefetched([event for each in known for event in each.read_from]):
            for each in known:
                rows = _compared(each, found[each.version_id], generation.model_digest)
                if rows is not None:
                    contents.add(rows)
        report(contents.chunks)
    _check_whole(generation.generation)
    return contents


def _compared(known: Known, found: Sequence[Row], model_digest: str) -> list[Row] | None:
    """The rows of a version, None if it was erased. Raises NotAsRecorded."""
    try:
        wanted = recorded_rows(known, model_digest)
        if wanted is not None:
            _refuse_difference(known, wanted, found)
    except NotAsRecorded:
        # It may have been erased since its events were read.
        if _is_erased(known):
            return None
        raise
    return wanted


def _refuse_difference(known: Known, wanted: Sequence[Row], found: Sequence[Row]) -> None:
    difference = first_difference(known, wanted, found)
    if difference:
        raise NotAsRecorded(difference)


def first_difference(known: Known, wanted: Sequence[Row], found: Sequence[Row]) -> str:
    """What is wrong with the rows of a version, in words; empty if nothing is."""
    if not found:
        return f"Missing: {known} with its {len(wanted)} passages."
    there = {row.chunk_id: row for row in found}
    for row in wanted:
        other = there.pop(row.chunk_id, None)
        if other is None:
            return f"Missing: the row of passage {row.chunk_id} of {known}."
        for name in ("vector", "weights", "collection", "whole"):
            if getattr(row, name) != getattr(other, name):
                what = {"weights": "terms", "whole": "vector and terms do not fit together"}
                return f"Changed: the {what.get(name, name)} of passage {row.chunk_id} of {known}."
    return f"Unknown: a row of passage {min(there)} of {known}." if there else ""


def _is_erased(known: Known) -> bool:
    box = box_at(known.processed.data, "text")
    return box is not None and not living([box.kid])


def _check_whole(generation: int) -> None:
    """What no single version shows. Raises NotAsRecorded."""
    questions = {
        UNKNOWN_ROWS.format(table="retrieval_vector"): "Unknown: the vector of passage {}.",
        UNKNOWN_ROWS.format(table="retrieval_terms"): "Unknown: the terms of passage {}.",
        WRONGLY_LIVE: "Changed: whether passage {} counts now.",
        WRONGLY_COUNTED: "Changed: in how many passages the term {} occurs.",
    }
    for question, problem in questions.items():
        with connection.cursor() as cursor:
            cursor.execute(question, {"generation": generation})
            row = cursor.fetchone()
        if row is not None:
            raise NotAsRecorded(problem.format(row[0]))
