"""Every index generation with how far it is, what it holds and what it waits for."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from retrieval.generations.loading_models import OwedEmbedding
from retrieval.generations.loading_progress import Progress, progress_of
from retrieval.generations.states import FIRST
from retrieval.models import ENDED, SEARCHABLE, IndexGeneration, State

HELD = """
    SELECT g.generation, COALESCE(sum(v.chunks), 0)
    FROM retrieval_generation AS g
    JOIN retrieval_embedded_version AS e USING (model_digest)
    JOIN ingestion_version AS v ON v.version_id = e.version_id AND v.erased_at IS NULL
    WHERE g.state = ANY(%s) GROUP BY 1
"""


@dataclass(frozen=True)
class Listed:
    """A generation; `chunks` it holds now, None before it can be searched; `owed` versions."""

    row: IndexGeneration
    progress: Progress
    chunks: int | None
    owed: int


def listed_generations(limit: int = 100) -> list[Listed]:
    """The newest first."""
    rows = list(IndexGeneration.objects.order_by("-generation")[:limit])
    with connection.cursor() as cursor:
        cursor.execute(HELD, [list(SEARCHABLE)])
        held: dict[int, int] = dict(cursor.fetchall())
    counted = OwedEmbedding.objects.values_list("model_digest").annotate(versions=Count("*"))
    owed: dict[str, int] = dict(counted)
    return [
        Listed(
            row,
            progress_of(row, held.get(row.generation, 0)),
            held.get(row.generation, 0) if row.state in SEARCHABLE else None,
            owed.get(row.model_digest, 0) if row.state not in ENDED else 0,
        )
        for row in rows
    ]


def unfinished_generations() -> list[tuple[IndexGeneration, Progress]]:
    """What is being built, or compared with the log for the first time."""
    rows = IndexGeneration.objects.filter(state__in=(State.BUILDING, State.BUILT))
    return [(row, progress_of(row, 0)) for row in rows.exclude(generation=FIRST)]
