"""What workers do for a generation: embed again, load, make indexes, compare with the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.db import connection, transaction

from ingestion.embedding import embed_again
from ingestion.embeddings.provider import Embedder, EmbedderRefused
from ingestion.embeddings.registry import embedder
from ingestion.rereading import ParsersAreOthers
from provenance.eventstore import store
from provenance.eventstore.recorded import SYSTEM
from provenance.eventstore.store import decides_again
from provenance.projections.models import Progress
from provenance.projections.work import RetryLater, WorkItem
from retrieval.errors import GenerationRefused, GenerationStopped, NotAsRecorded
from retrieval.events import (
    IndexGenerationBuilt,
    IndexGenerationFailed,
    IndexGenerationVerified,
)
from retrieval.generations import loading, loading_progress
from retrieval.generations.commands import activation_of, append_to, read_generation, stream_of
from retrieval.generations.lifecycle import Standing, standing_of
from retrieval.generations.loading_models import OwedEmbedding, WantingGeneration
from retrieval.generations.owed import owed_to, subject_of
from retrieval.generations.parity import Contents, Report, loaded_contents, verified_contents
from retrieval.models import ENDED, IndexGeneration, State

log = structlog.get_logger()

LOCK = 0x7261676C


def embed_owed(item: WorkItem) -> None:
    """Reads, cuts and embeds one version as a generation wants it."""
    owed = OwedEmbedding.objects.filter(subject_id=item.subject_id).first()
    if owed is None:
        return
    model = _model(owed.model_digest)
    try:
        embed_again(
            processed_event_id=item.cause_event_id,
            model=model,
            chunker=owed.chunker,
            reading=owed.reading,
            renew=item.renew,
        )
    except (EmbedderRefused, ParsersAreOthers) as refusal:
        raise RetryLater(str(refusal)) from refusal
    loading_progress.note_embedded(owed)


def build(item: WorkItem) -> None:
    """Loads the generation and makes its indexes; goes on where another worker was stopped."""
    generation = _generation(item.subject_id)
    if generation is None or generation.state != State.BUILDING:
        return
    with _alone(generation.generation):
        try:
            loading.load_rows(generation, item)
            loading.make_indexes(generation, item)
            loading.load_rows(generation, item)
            if owed_to(generation):
                raise RetryLater("Versions that came meanwhile are embedded first.")
            loading.count_terms(generation.generation)
            position = Progress.objects.get(name="knowledge").position
            contents = loaded_contents(
                generation, until=position, report=_reporting(generation, item, "hashing")
            )
        except GenerationStopped:
            return
        record_built(generation.generation, contents)


def verify(item: WorkItem) -> None:
    """Compares the generation with the log, and records what comes of it."""
    generation = _generation(item.subject_id)
    if generation is None or generation.state in ENDED:
        return
    if owed_to(generation):
        raise RetryLater("Versions that came meanwhile are embedded first.")
    pending, knowledge = (
        Progress.objects.get(name=name).position for name in ("pending_work", "knowledge")
    )
    if knowledge < pending or generation.state == State.BUILDING:
        raise RetryLater("The index has yet to take over what was loaded.")
    try:
        contents = verified_contents(
            generation, until=knowledge, report=_reporting(generation, item, "verifying")
        )
    except NotAsRecorded as difference:
        _fail(generation.generation, "verification", str(difference))
    else:
        record_verified(generation.generation, contents)


@decides_again
@transaction.atomic
def record_built(generation: int, contents: Contents) -> None:
    events, standing = read_generation(generation)
    if standing.stage == "building" and not standing.paused:
        built = IndexGenerationBuilt(
            generation=generation,
            position=contents.position,
            versions=contents.versions,
            chunks=contents.chunks,
            root=contents.root,
        )
        append_to(generation, [built], head=len(events), actor=SYSTEM)


@decides_again
@transaction.atomic
def record_verified(generation: int, contents: Contents) -> None:
    """Records that the rows are as they should be, and activates it where that was asked for."""
    events, standing = read_generation(generation)
    if not standing.verifying:
        return
    verified = IndexGenerationVerified(
        generation=generation,
        position=contents.position,
        versions=contents.versions,
        chunks=contents.chunks,
        root=contents.root,
    )
    append_to(generation, [verified], head=len(events), actor=SYSTEM)
    after = standing_of(store.read_stream(stream_of(generation)))
    if standing.stage == "built" and standing.activate_when_verified:
        _activate(after, head=len(events) + 1)


def _activate(standing: Standing, *, head: int) -> None:
    """In the name of whoever started it and had asked for this; a request under four eyes."""
    if standing.started_by is None:
        return
    try:
        fact = activation_of(standing, standing.started_by)
    except GenerationRefused as refusal:
        log.warning("not activated", generation=standing.generation, reason=str(refusal))
        return
    append_to(standing.generation, [fact], head=head, actor=standing.started_by)


@decides_again
@transaction.atomic
def _fail(generation: int, stage: str, reason: str) -> None:
    events, standing = read_generation(generation)
    if standing.stage in {"building", "built"} or standing.verifying:
        failed = IndexGenerationFailed(generation=generation, stage=stage, reason=reason)
        append_to(generation, [failed], head=len(events), actor=SYSTEM)


def _generation(subject: UUID) -> IndexGeneration | None:
    rows = IndexGeneration.objects.exclude(state__in=ENDED)
    return next((row for row in rows if subject_of(row.generation) == subject), None)


def _model(digest: str) -> Embedder:
    """Raises RetryLater if no model by the name that the log knows has that digest any more."""
    row = WantingGeneration.objects.filter(model_digest=digest).first()
    if row is None:
        raise RetryLater("No generation wants this model any more.")
    model = embedder(row.embedding_model)
    if model.digest != digest:
        raise RetryLater(f"The model {row.embedding_model} is not the one that it was.")
    return model


def _reporting(generation: IndexGeneration, item: WorkItem, phase: str) -> Report:
    total = loading_progress.total_chunks()

    def report(done: int) -> None:
        loading_progress.note(generation.generation, phase, done, max(done, total))
        item.renew()

    return report


@contextmanager
def _alone(generation: int) -> Iterator[None]:
    """One worker at a time, for as long as its connection lives. Raises RetryLater."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, generation])
        if not cursor.fetchone()[0]:
            raise RetryLater("Another worker is at it.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, generation])
