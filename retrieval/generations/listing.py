"""Every index generation with how far it is, what it holds and what it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from ingestion.rereadings import outcomes_by_reading
from retrieval.generations.loading_models import OwedEmbedding
from retrieval.generations.loading_progress import Progress, progress_of
from retrieval.generations.states import FIRST
from retrieval.models import ENDED, SEARCHABLE, IndexGeneration, State

HELD = """
    SELECT g.generation, COALESCE(sum(CASE WHEN e.processing_id = v.processing_id THEN v.chunks
        ELSE (SELECT count(*) FROM ingestion_chunk AS c
              WHERE c.version_id = v.version_id AND c.processing_id = e.processing_id) END),
        0)::bigint
    FROM retrieval_generation AS g
    JOIN retrieval_embedded_version AS e USING (model_digest, chunker, reading)
    JOIN ingestion_version AS v ON v.version_id = e.version_id AND v.erased_at IS NULL
    WHERE g.state = ANY(%s) GROUP BY 1
"""


@dataclass(frozen=True)
class Listed:
    """A generation; `chunks` it holds now, None before it can be searched; `owed` versions.

    `reread` counts the versions that were read anew for it by what came of it.
    """

    row: IndexGeneration
    progress: Progress
    chunks: int | None
    owed: int
    reread: Mapping[str, int]


def listed_generations(limit: int = 100) -> list[Listed]:
    """The newest first."""
    rows = list(IndexGeneration.objects.order_by("-generation")[:limit])
    with connection.cursor() as cursor:
        cursor.execute(HELD, [list(SEARCHABLE)])
        held: dict[int, int] = dict(cursor.fetchall())
    counted = OwedEmbedding.objects.values_list("model_digest", "chunker", "reading")
    owed = {tuple(key): count for *key, count in counted.annotate(versions=Count("*"))}
    reread = outcomes_by_reading({row.reading for row in rows if row.reading})
    return [
        Listed(
            row,
            progress_of(row, held.get(row.generation, 0)),
            held.get(row.generation, 0) if row.state in SEARCHABLE else None,
            owed.get((row.model_digest, row.chunker, row.reading), 0)
            if row.state not in ENDED
            else 0,
            reread.get(row.reading, {}),
        )
        for row in rows
    ]


def unfinished_generations() -> list[tuple[IndexGeneration, Progress]]:
    """What is being built, or compared with the log for the first time."""
    rows = IndexGeneration.objects.filter(state__in=(State.BUILDING, State.BUILT))
    return [(row, progress_of(row, 0)) for row in rows.exclude(generation=FIRST)]
