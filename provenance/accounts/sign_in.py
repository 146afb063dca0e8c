"""Records who signed in and who failed to."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_login_failed

from provenance.accounts.events import SignedIn, SignInFailed
from provenance.accounts.models import User
from provenance.eventstore.event_types import EventData
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, Actor, NewEvent
from provenance.eventstore.store import append


def record_sign_ins() -> None:
    """Connects the two receivers; called once at start."""
    user_logged_in.connect(_record_signed_in, dispatch_uid="accounts.signed_in")
    user_login_failed.connect(_record_failure, dispatch_uid="accounts.sign_in_failed")


def _record_signed_in(sender: Any, *, user: User, **_: Any) -> None:  # noqa: ARG001
    _record(SignedIn(user_id=user.id), Actor("user", str(user.id)))


def _record_failure(sender: Any, *, credentials: dict[str, Any], **_: Any) -> None:  # noqa: ARG001
    name = str(credentials.get("username", ""))
    _record(SignInFailed(username_keyed_hash=keyed_hash(name, purpose="username")), SYSTEM)


def _record(data: EventData, actor: Actor) -> None:
    # A stream of its own: two sign-ins at one moment must not wait for each other.
    event_id = new_id()
    stream = f"sign-in-{event_id}"
    append(
        [NewEvent(data=data, stream=stream, event_id=event_id, actor=actor)], expected={stream: 0}
    )
