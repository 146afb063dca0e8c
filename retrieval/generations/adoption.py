"""Takes over the rows of a generation that was loaded beside the live ones.

After it, the rows are what folding every event would have made of them, whatever happened while
they were loaded. Where nothing was loaded, as after a restore, every version is missing.
"""

from uuid import UUID

from django.db import connection

from retrieval.passages import set_live

# The versions whose rows are marked otherwise than the version counts now.
TURNED = """
    SELECT t.version_id, NOT t.live
    FROM (SELECT DISTINCT version_id, live FROM retrieval_terms WHERE generation = %(generation)s)
         AS t
    WHERE t.live <> EXISTS (
        SELECT FROM retrieval_validity AS v WHERE v.version_id = t.version_id AND v.live)
"""
MISSING = """
    SELECT e.version_id FROM retrieval_embedded_version AS e
    JOIN retrieval_generation AS g USING (model_digest, chunker, reading)
    WHERE g.generation = %(generation)s AND NOT EXISTS (
        SELECT FROM retrieval_terms AS t
        WHERE t.generation = %(generation)s AND t.version_id = e.version_id)
"""
TAKE_COUNTS = """
    INSERT INTO retrieval_term_statistic (generation, term, collection, chunks)
    SELECT generation, term, collection, chunks FROM retrieval_loading_statistic
    WHERE generation = %(generation)s
"""
# Where an erasure has taken the counts along.
COUNT_AGAIN = """
    INSERT INTO retrieval_term_statistic (generation, term, collection, chunks)
    SELECT t.generation, u.term, t.collection, count(*)
    FROM retrieval_terms AS t, unnest(array_append(t.terms, 0)) AS u (term)
    WHERE t.generation = %(generation)s AND t.live GROUP BY 1, 2, 3
"""


def adopt(generation: int) -> None:
    """Makes the loaded rows part of the index, and marks live what counts now."""
    named = {"generation": generation}
    with connection.cursor() as cursor:
        cursor.execute("SELECT retrieval_adopt_generation_v1(%(generation)s)", named)
        if not cursor.fetchone()[0]:
            return
        cursor.execute(TAKE_COUNTS, named)
        if not cursor.rowcount:
            cursor.execute(COUNT_AGAIN, named)
        cursor.execute(
            "DELETE FROM retrieval_loading_statistic WHERE generation = %(generation)s", named
        )
        cursor.execute(TURNED, named)
        turned = cursor.fetchall()
    for live in (False, True):
        versions = [version_id for version_id, now in turned if now == live]
        set_live(versions, live=live, generation=generation)


def missing(generation: int) -> set[tuple[int, UUID]]:
    """The versions that are embedded under the generation's model and have no rows in it."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING, {"generation": generation})
        return {(generation, row[0]) for row in cursor.fetchall()}


def make_indexes(generation: int) -> None:
    """Makes the vector index, unless whoever loaded the rows did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT retrieval_index_generation_v1(%s, 'vectors')", [generation])
