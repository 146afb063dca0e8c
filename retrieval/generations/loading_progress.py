"""How far a generation is with what is being done for it, and how long that will take yet."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from retrieval.generations.loading_models import LoadingProgress
from retrieval.models import IndexGeneration, State
from retrieval.passages import Recipe

# The rate is that of the last one or two times so many seconds.
WINDOW_SECONDS = 15
# Without news for so long, nobody is at work.
SILENT_SECONDS = 60
NOTE = """
    INSERT INTO retrieval_loading_progress AS p
        (generation, phase, done, total, updated_at, since_at, since_done, next_at, next_done)
    VALUES (%(generation)s, %(phase)s, %(done)s, %(total)s, now(),
            clock_timestamp(), %(done)s, clock_timestamp(), %(done)s)
    ON CONFLICT (generation) DO UPDATE SET
        phase = excluded.phase, done = excluded.done, total = excluded.total,
        updated_at = clock_timestamp(),
        since_at = CASE WHEN {anew} THEN excluded.since_at WHEN {turn} THEN p.next_at
                   ELSE p.since_at END,
        since_done = CASE WHEN {anew} THEN excluded.since_done WHEN {turn} THEN p.next_done
                     ELSE p.since_done END,
        next_at = CASE WHEN {anew} OR {turn} THEN excluded.next_at ELSE p.next_at END,
        next_done = CASE WHEN {anew} OR {turn} THEN excluded.next_done ELSE p.next_done END
""".format(  # noqa: S608  made of constants
    anew="p.phase <> excluded.phase OR excluded.done < p.done"
    " OR p.updated_at < now() - interval '60 seconds'",
    turn=f"p.next_at < now() - interval '{WINDOW_SECONDS} seconds'",
)
EMBEDDED_CHUNKS = """
    SELECT COALESCE(sum(v.chunks), 0) FROM retrieval_embedded_version AS e
    JOIN ingestion_version AS v USING (version_id)
    WHERE e.model_digest = %s AND e.chunker = %s AND e.reading = %s
      AND v.indexed_position IS NOT NULL AND v.erased_at IS NULL
"""


@dataclass(frozen=True)
class Progress:
    """`done` of `total` in the phase; the rate is a second's, None while it is not known."""

    phase: str
    done: int
    total: int
    rate: float | None
    eta_seconds: float | None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def note(generation: int, phase: str, done: int, total: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE, {"generation": generation, "phase": phase, "done": done, "total": total}
        )


def note_embedded(recipe: Recipe) -> None:
    """How many passages are embedded for generations that wait for it, counted as processed."""
    waiting = IndexGeneration.objects.filter(
        model_digest=recipe.model_digest,
        chunker=recipe.chunker,
        reading=recipe.reading,
        state=State.BUILDING,
    )
    for generation in waiting.values_list("generation", flat=True):
        note(generation, "embedding", embedded_chunks(recipe), total_chunks())


def progress_of(generation: IndexGeneration, held: int) -> Progress:
    """Of a generation that is not being filled: all of the passages that it holds."""
    row = LoadingProgress.objects.filter(generation=generation.generation).first()
    if generation.state not in {State.BUILDING, State.BUILT}:
        return Progress("", held, held, None, None)
    if row is None:
        return Progress("waiting", 0, total_chunks(), None, None)
    age = (datetime.now(UTC) - row.updated_at).total_seconds()
    seconds = (row.updated_at - row.since_at).total_seconds()
    rate = (row.done - row.since_done) / seconds if seconds > 0 and age < SILENT_SECONDS else None
    eta = (row.total - row.done) / rate if rate else None
    return Progress(row.phase, row.done, row.total, rate, eta)


def total_chunks() -> int:
    """The passages of all known versions that are not erased."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(sum(chunks), 0) FROM ingestion_version"
            " WHERE indexed_position IS NOT NULL AND erased_at IS NULL"
        )
        return int(cursor.fetchone()[0])


def embedded_chunks(recipe: Recipe) -> int:
    with connection.cursor() as cursor:
        cursor.execute(EMBEDDED_CHUNKS, [recipe.model_digest, recipe.chunker, recipe.reading])
        return int(cursor.fetchone()[0])
