"""Index generations: starting the first one, and knowing the active one on the hot path."""

from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from ingestion.embeddings.in_use import Recipe, RecipesInUse
from ingestion.embeddings.registry import embedder
from provenance.eventstore.driver import driver_cursor
from provenance.eventstore.ids import derived_id
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.eventstore.store import any_after, append, decides_again, stream_version
from provenance.projections.models import Progress
from retrieval import lexical
from retrieval.errors import GenerationNotFound, IndexNotReady
from retrieval.events import IndexGenerationActivated, IndexGenerationStarted
from retrieval.generations.states import FIRST
from retrieval.models import ENDED, SEARCHABLE, IndexGeneration, State

log = structlog.get_logger()

KEPT = """
    SELECT state, embedding_model, chunker, reading FROM retrieval_generation
    WHERE state <> ALL(%s) AND NOT paused ORDER BY generation DESC
"""


@dataclass(frozen=True)
class Generation:
    """What a search must know of the generation that it reads.

    `rows` ends the names of the tables of its vectors and terms, where they are not the index's.
    """

    generation: int
    embedding_model: str
    model_digest: str
    dimensions: int
    chunker: str = ""
    reading: str = ""
    rows: str = ""


_active: Generation | None = None


def active_generation() -> Generation:
    """The active generation, kept by the process; a search notices when another one is active.

    Raises IndexNotReady if there is none.
    """
    global _active  # noqa: PLW0603  one generation for the process
    if _active is None:
        _active = _read_active()
    return _active


def forget_active_generation() -> None:
    """Makes the next caller read anew which generation is active."""
    global _active  # noqa: PLW0603
    _active = None


def generation_named(number: int) -> Generation:
    """A generation that can be searched, whether or not it is active. Raises GenerationNotFound."""
    row = IndexGeneration.objects.filter(generation=number, state__in=SEARCHABLE).first()
    if row is None:
        raise GenerationNotFound(number)
    return _generation(row)


def dropped_generation(number: int) -> Generation:
    """One that was there once, whatever became of it. Raises GenerationNotFound."""
    row = IndexGeneration.objects.filter(generation=number).first()
    if row is None:
        raise GenerationNotFound(number)
    return _generation(row)


def _generation(row: IndexGeneration) -> Generation:
    return Generation(
        row.generation,
        row.embedding_model,
        row.model_digest,
        row.dimensions,
        row.chunker,
        row.reading,
    )


def _read_active() -> Generation:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.generation, g.embedding_model, g.model_digest, g.dimensions, g.chunker,"
            " g.reading"
            " FROM retrieval_state s JOIN retrieval_generation g USING (generation)"
        )
        row = cursor.fetchone()
    if row is None:
        raise IndexNotReady
    return Generation(*row)


@decides_again
@transaction.atomic
def start_first_generation() -> bool:
    """Starts and activates generation 1 for the model in the settings, unless there is one.

    Returns whether it did.
    """
    stream = f"index-{FIRST}"
    if stream_version(stream):
        return False
    model = embedder(settings.EMBEDDING_MODEL)
    started = IndexGenerationStarted(
        generation=FIRST,
        embedding_model=model.name,
        model_digest=model.digest,
        dimensions=model.dimensions,
        configuration={"lexical": lexical.CONFIGURATION},
        activate_when_verified=True,
    )
    activated = IndexGenerationActivated(generation=FIRST)
    append(
        [
            NewEvent(
                data=data,
                stream=stream,
                event_id=derived_id(stream, name),
                actor=SYSTEM,
                fingerprint=name,
            )
            for name, data in (("started", started), ("activated", activated))
        ],
        expected={stream: 0},
    )
    return True


def decide_recipes() -> RecipesInUse:
    """That of the active generation, and those of the others that have to be kept complete."""
    with driver_cursor() as cursor:
        rows = cursor.execute(KEPT, [list(ENDED)]).fetchall()
    found = [(state, Recipe(*recipe)) for state, *recipe in rows]
    active = next((recipe for state, recipe in found if state == State.ACTIVE), None)
    searched = active or Recipe(settings.EMBEDDING_MODEL)
    others = dict.fromkeys(recipe for _, recipe in found if recipe != searched)
    return RecipesInUse(searched, tuple(others))


def is_switching() -> bool:
    """True if a switch is recorded that the index has not folded yet."""
    position = Progress.objects.get(name="knowledge").position
    return any_after(position, types=[IndexGenerationActivated])


def drop_ended() -> None:
    """Removes the emptied tables of ended generations, unless somebody reads just then."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT retrieval_drop_ended_generations_v1()")
    except OperationalError as error:
        log.info("tables of ended generations stay for now", error=str(error))
