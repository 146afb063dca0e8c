"""The events of people, keys and collections."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.sealing.box import Box


@event_type("UserCreated", version=1)
class UserCreated(EventData):
    """A person was given an account; the name lies sealed under the person's own key."""

    user_id: UUID
    username: Box
    role: str
    collections: list[str] | None = None


@event_type("RoleChanged", version=1)
class RoleChanged(EventData):
    """A person may do more, or less, from now on."""

    user_id: UUID
    role: str


@event_type("ApiKeyCreated", version=1)
class ApiKeyCreated(EventData):
    """An application was given a key; `collections` absent means all."""

    key_id: UUID
    application: str
    scopes: list[str]
    collections: list[str] | None = None


@event_type("ApiKeyRevoked", version=1)
class ApiKeyRevoked(EventData):
    """A key stopped working."""

    key_id: UUID


@event_type("CollectionCreated", version=1)
class CollectionCreated(EventData):
    """A collection began to exist."""

    collection: str
    time_zone: str


@event_type("AccessGranted", version=1)
class AccessGranted(EventData):
    """A person or a key may see a collection from now on; absent means all collections."""

    subject: str
    subject_id: UUID
    collection: str | None = None


@event_type("AccessRevoked", version=1)
class AccessRevoked(EventData):
    """A person or a key is kept out of a collection from now on; absent means all collections."""

    subject: str
    subject_id: UUID
    collection: str | None = None


@event_type("SignedIn", version=1)
class SignedIn(EventData):
    """A person signed in."""

    user_id: UUID


@event_type("SignInFailed", version=1)
class SignInFailed(EventData):
    """Somebody failed to sign in; the name they typed stands as a keyed hash only."""

    username_keyed_hash: str
