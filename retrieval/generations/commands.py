"""Starts index generations, and decides what becomes of them; each decision is one event."""

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from ingestion.chunking import CHUNKERS
from ingestion.embeddings.in_use import lock_recipes
from ingestion.embeddings.provider import EmbedderRefused, UnknownEmbeddingModel
from ingestion.embeddings.registry import embedder
from ingestion.parsers import parsers_of_today
from ingestion.recutting import AS_PROCESSED
from provenance.accounts.access import Principal
from provenance.accounts.models import Scope
from provenance.eventstore import store
from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.ids import derived_id
from provenance.eventstore.recorded import SYSTEM, Actor, NewEvent, Recorded
from provenance.eventstore.store import decides_again
from retrieval import lexical
from retrieval.errors import GenerationNotFound, GenerationRefused, RequestRefused
from retrieval.events import IndexGenerationActivated, IndexGenerationStarted
from retrieval.generations import lifecycle
from retrieval.generations.lifecycle import Standing, standing_of
from retrieval.generations.owed import about_to_be_owed_to, owed_to
from retrieval.models import IndexGeneration, KnowledgeState, State

UNFINISHED = {"building", "built"}
TODAY = "today"
Decide = Callable[[Standing], EventData]


def stream_of(generation: int) -> str:
    return f"index-{generation}"


@decides_again
@transaction.atomic
def start_generation(
    *,
    embedding_model: str | None,
    activate_when_verified: bool,
    principal: Principal,
    chunker: str | None = None,
    reading: str | None = None,
) -> int:
    """Has a further generation built, by default as the active one; its number.

    `chunker` names one of CHUNKERS, which cuts all passages anew, or AS_PROCESSED. `reading` is
    TODAY, to have what other parsers read read anew by those of today, or AS_PROCESSED.

    Raises RequestRefused, GenerationRefused while another one is built, PermissionDenied.
    """
    _require_administrator(principal)
    number = _next_number()
    active = IndexGeneration.objects.filter(state=State.ACTIVE).first()
    name = embedding_model or (active.embedding_model if active else settings.EMBEDDING_MODEL)
    try:
        model = embedder(name)
        data = IndexGenerationStarted(
            generation=number,
            embedding_model=model.name,
            model_digest=model.digest,
            dimensions=model.dimensions,
            configuration={
                "lexical": lexical.CONFIGURATION,
                **_cut(chunker, active),
                **_read(reading, active),
            },
            activate_when_verified=activate_when_verified,
        )
    except (UnknownEmbeddingModel, EmbedderRefused) as error:
        raise RequestRefused("embedding_model", str(error)) from error
    append_to(number, [data], head=0, actor=principal.actor)
    return number


def pause_generation(generation: int, *, principal: Principal) -> None:
    """Raises GenerationNotFound, GenerationRefused, PermissionDenied; so do all below."""
    _decide(generation, lifecycle.pause, principal)


def resume_generation(generation: int, *, principal: Principal) -> None:
    _decide(generation, lifecycle.resume, principal)


def verify_generation(generation: int, *, principal: Principal) -> None:
    """Has a worker compare the generation with the log."""
    _decide(generation, lifecycle.verify, principal)


def cancel_generation(generation: int, *, principal: Principal) -> None:
    _decide(generation, lifecycle.cancel, principal)


def drop_generation(generation: int, *, principal: Principal) -> None:
    """Lets the rows go, whole. Its vectors stay in the store, for what has to be run again."""
    _decide(generation, lambda it: lifecycle.drop(it, active=_may_be_active(it)), principal)


def activate_generation(generation: int, *, principal: Principal) -> bool:
    """Has searches use it; False if somebody else has to agree first. Going back is the same."""

    def activation(standing: Standing) -> EventData:
        if _is_active(generation):
            raise GenerationRefused(f"Generation {generation} is active already.")
        return activation_of(standing, principal.actor)

    return isinstance(_decide(generation, activation, principal), IndexGenerationActivated)


def activation_of(standing: Standing, actor: Actor) -> EventData:
    """Raises GenerationRefused."""
    row = IndexGeneration.objects.get(generation=standing.generation)
    lock_recipes()
    return lifecycle.activate(
        standing,
        actor=actor,
        four_eyes=settings.FOUR_EYES_ACTIVATION,
        owed=owed_to(row) + about_to_be_owed_to(row),
    )


def read_generation(generation: int) -> tuple[list[Recorded[Any]], Standing]:
    """The events of the generation and how it stands. Raises GenerationNotFound."""
    events = store.read_stream(stream_of(generation))
    if not events:
        raise GenerationNotFound(generation)
    return events, standing_of(events)


def append_to(generation: int, facts: Sequence[EventData], *, head: int, actor: Actor) -> None:
    """Records what was decided when the generation's stream had `head` events."""
    stream = stream_of(generation)
    events = [
        NewEvent(
            data=data,
            stream=stream,
            event_id=derived_id(stream, _name(data, head + number)),
            actor=actor,
            fingerprint=name_of(type(data)),
        )
        for number, data in enumerate(facts)
    ]
    store.append(events, expected={stream: head})


def _name(data: EventData, place: int) -> str:
    return "started" if place == 0 else f"{name_of(type(data))}/{place}"


@decides_again
@transaction.atomic
def _decide(generation: int, decide: Decide, principal: Principal) -> EventData:
    _require_administrator(principal)
    events, standing = read_generation(generation)
    fact = decide(standing)
    append_to(generation, [fact], head=len(events), actor=principal.actor)
    return fact


def _next_number() -> int:
    """Raises GenerationRefused while another one is built: one at a time is enough work."""
    number = 1
    while events := store.read_stream(stream_of(number)):
        if number > 1 and standing_of(events).stage in UNFINISHED:
            raise GenerationRefused(
                f"Generation {number} is being built: cancel it, or wait for it."
            )
        number += 1
    return number


def _cut(chunker: str | None, active: IndexGeneration | None) -> dict[str, Any]:
    """Raises RequestRefused for a chunker that is not there."""
    named = (active.chunker if active else AS_PROCESSED) if chunker is None else chunker
    if named != AS_PROCESSED and named not in CHUNKERS:
        known = ", ".join(sorted(CHUNKERS))
        raise RequestRefused("chunker", f"No chunker is called {named}; there are {known}.")
    return {} if named == AS_PROCESSED else {"chunker": named}


def _read(reading: str | None, active: IndexGeneration | None) -> dict[str, Any]:
    """The label of the parsers, and which program of which version each format is read by.

    Raises RequestRefused.
    """
    if reading is None and active is not None:
        names = ("reading", "parsers")
        return {name: active.configuration[name] for name in names if name in active.configuration}
    if reading in {None, AS_PROCESSED}:
        return {}
    if reading != TODAY:
        raise RequestRefused("reading", f"is {TODAY}, or empty: as each version was processed.")
    today = parsers_of_today()
    return {"reading": today.label, "parsers": today.listed}


def _is_active(generation: int) -> bool:
    return KnowledgeState.objects.filter(generation=generation).exists()


def _may_be_active(standing: Standing) -> bool:
    """True also while an activation of it is recorded and not folded yet."""
    events = store.read_stream(stream_of(standing.generation), types=[IndexGenerationActivated])
    row = IndexGeneration.objects.get(generation=standing.generation)
    newest = events[-1].position if events else None
    return _is_active(standing.generation) or newest != row.activated_position


def _require_administrator(principal: Principal) -> None:
    if principal.actor != SYSTEM and not principal.has(Scope.ADMIN):
        raise PermissionDenied("This is for administrators.")
