"""What may be done with an index generation as it stands: pure decisions over its own events."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Actor, Recorded
from retrieval.errors import GenerationRefused
from retrieval.events import (
    IndexActivationRequested,
    IndexGenerationActivated,
    IndexGenerationBuilt,
    IndexGenerationCancelled,
    IndexGenerationDropped,
    IndexGenerationFailed,
    IndexGenerationPaused,
    IndexGenerationResumed,
    IndexGenerationStarted,
    IndexGenerationVerified,
    IndexVerificationRequested,
)

# What an event changes, whatever was before.
CHANGES: dict[type[EventData], dict[str, Any]] = {
    IndexGenerationPaused: {"paused": True},
    IndexGenerationResumed: {"paused": False},
    IndexGenerationBuilt: {"stage": "built", "verifying": True},
    IndexVerificationRequested: {"verifying": True},
    IndexGenerationVerified: {"verifying": False, "sound": True},
    IndexGenerationFailed: {"verifying": False, "sound": False},
    IndexGenerationActivated: {"stage": "used", "requested_by": None},
    IndexGenerationCancelled: {"stage": "cancelled"},
    IndexGenerationDropped: {"stage": "dropped"},
}


@dataclass(frozen=True)
class Standing:
    """How a generation stands by its own stream; whether it is active depends on the others'.

    `stage` is "building", "built", "verified", "used" (active now or once), "failed", "cancelled"
    or "dropped". `verifying` while a comparison with the log is owed, `sound` unless the last one
    found a difference.
    """

    generation: int
    stage: str
    paused: bool = False
    activate_when_verified: bool = False
    started_by: Actor | None = None
    requested_by: Actor | None = None
    verifying: bool = False
    sound: bool = True


def standing_of(events: Sequence[Recorded[Any]]) -> Standing:
    """The events of the generation's stream, from the first on."""
    started = events[0]
    data: IndexGenerationStarted = started.data
    standing = Standing(
        data.generation,
        "building",
        activate_when_verified=data.activate_when_verified,
        started_by=started.actor,
    )
    for event in events[1:]:
        standing = _after(standing, event)
    return standing


def _after(standing: Standing, event: Recorded[Any]) -> Standing:
    if isinstance(event.data, IndexActivationRequested):
        return replace(standing, requested_by=event.actor)
    if isinstance(event.data, IndexGenerationVerified) and standing.stage == "built":
        standing = replace(standing, stage="verified")
    if isinstance(event.data, IndexGenerationFailed) and standing.stage != "used":
        standing = replace(standing, stage="failed")
    return replace(standing, **CHANGES[type(event.data)])


def activate(
    standing: Standing, *, actor: Actor, four_eyes: bool, owed: int
) -> IndexGenerationActivated | IndexActivationRequested:
    """Activates it, or asks somebody else to. Raises GenerationRefused."""
    _refuse_ended(standing)
    if standing.stage not in {"verified", "used"}:
        raise GenerationRefused(
            f"Generation {standing.generation} is {standing.stage}: it has to be verified first."
        )
    if not standing.sound:
        raise GenerationRefused(
            f"Generation {standing.generation} is not what the log says: verify it again."
        )
    if owed:
        raise GenerationRefused(
            f"{owed} versions have yet to be embedded for generation {standing.generation}."
        )
    if four_eyes and standing.requested_by is None:
        return IndexActivationRequested(generation=standing.generation)
    if four_eyes and same_party(standing.requested_by, actor):
        raise GenerationRefused("Somebody else has to agree to the activation that you asked for.")
    return IndexGenerationActivated(generation=standing.generation)


def pause(standing: Standing) -> IndexGenerationPaused:
    """Raises GenerationRefused."""
    _require_building(standing)
    if standing.paused:
        raise GenerationRefused(f"Generation {standing.generation} is paused already.")
    return IndexGenerationPaused(generation=standing.generation)


def resume(standing: Standing) -> IndexGenerationResumed:
    """Raises GenerationRefused."""
    _require_building(standing)
    if not standing.paused:
        raise GenerationRefused(f"Generation {standing.generation} is not paused.")
    return IndexGenerationResumed(generation=standing.generation)


def verify(standing: Standing) -> IndexVerificationRequested:
    """Raises GenerationRefused."""
    _refuse_ended(standing)
    if standing.stage == "building" or standing.verifying:
        raise GenerationRefused(
            f"Generation {standing.generation} is {standing.stage}: it will be verified anyway."
        )
    return IndexVerificationRequested(generation=standing.generation)


def cancel(standing: Standing) -> IndexGenerationCancelled:
    """Raises GenerationRefused."""
    _refuse_ended(standing)
    if standing.stage == "used":
        raise GenerationRefused(
            f"Generation {standing.generation} was active: it can be dropped, not cancelled."
        )
    return IndexGenerationCancelled(generation=standing.generation)


def drop(standing: Standing, *, active: bool) -> IndexGenerationDropped:
    """Raises GenerationRefused."""
    _refuse_ended(standing)
    if standing.stage != "used":
        raise GenerationRefused(
            f"Generation {standing.generation} was never active: cancel it instead."
        )
    if active:
        raise GenerationRefused(
            f"Generation {standing.generation} is active: activate another one first."
        )
    return IndexGenerationDropped(generation=standing.generation)


def same_party(one: Actor | None, other: Actor) -> bool:
    """The same person, key or application: a second key of one gives no second opinion."""
    if one is None:
        return False
    if one.application is not None and one.application == other.application:
        return True
    return (one.type, one.id) == (other.type, other.id)


def _require_building(standing: Standing) -> None:
    if standing.stage != "building":
        raise GenerationRefused(f"Generation {standing.generation} is {standing.stage}.")


def _refuse_ended(standing: Standing) -> None:
    if standing.stage in {"failed", "cancelled", "dropped"}:
        raise GenerationRefused(f"Generation {standing.generation} is {standing.stage}.")
