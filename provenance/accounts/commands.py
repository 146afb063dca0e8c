"""Changes people, keys and collections, each change with its event in one transaction."""

import hashlib
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from provenance.accounts.access import Principal
from provenance.accounts.events import (
    AccessGranted,
    AccessRevoked,
    ApiKeyCreated,
    ApiKeyRevoked,
    CollectionCreated,
    RoleChanged,
    UserCreated,
)
from provenance.accounts.models import ApiKey, Collection, Role, Scope, User
from provenance.accounts.plain_keys import hint, new_plain_key
from provenance.eventstore.event_types import EventData
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import Actor, NewEvent
from provenance.eventstore.sealed import Sealer
from provenance.eventstore.store import append, decides_again, stream_version
from provenance.sealing.keys import key_for

MAX_NAME_CHARACTERS = 200


class NameRefused(ValueError):
    """A collection, application or user name is empty, too long, or taken."""


@decides_again
@transaction.atomic
def create_api_key(
    *,
    principal: Principal,
    application: str,
    scopes: Iterable[str] = tuple(Scope.values),
    collections: Iterable[str] | None = None,
) -> tuple[ApiKey, str]:
    """Makes a key and returns it with its plain text, which is not kept. Raises NameRefused."""
    application = _checked_name(application)
    allowed = None if collections is None else sorted(set(collections))
    for name in allowed or ():
        ensure_collection(name=name, principal=principal)
    plain = new_plain_key()
    key = ApiKey.objects.create(
        key_id=new_id(),
        sha256=hashlib.sha256(plain.encode()).digest(),
        hint=hint(plain),
        application=application,
        scopes=sorted({Scope(scope).value for scope in scopes}),
        collections=allowed,
    )
    _record(
        ApiKeyCreated(
            key_id=key.key_id, application=application, scopes=key.scopes, collections=allowed
        ),
        stream=f"access-{key.key_id}",
        actor=principal.actor,
    )
    return key, plain


@decides_again
@transaction.atomic
def revoke_api_key(*, principal: Principal, key: ApiKey) -> None:
    """Stops a key at once; a revoked key stays revoked."""
    if not ApiKey.objects.filter(key_id=key.key_id, revoked_at=None).update(
        revoked_at=timezone.now()
    ):
        return
    _record(ApiKeyRevoked(key_id=key.key_id), stream=f"access-{key.key_id}", actor=principal.actor)


@decides_again
@transaction.atomic
def create_user(
    *,
    principal: Principal,
    username: str,
    password: str,
    role: Role,
    collections: Iterable[str] | None = None,
) -> User:
    """Gives a person an account. Raises NameRefused, and ValidationError for a weak password."""
    username = _checked_name(username)
    if User.objects.filter(username=username).exists():
        raise NameRefused(f"The user name {username!r} is taken.")
    validate_password(password)
    allowed = None if collections is None else sorted(set(collections))
    user = User(id=new_id(), username=username, role=role, collections=allowed)
    user.set_password(password)
    user.save(force_insert=True)
    event_id = new_id()
    sealer = Sealer(event_id=event_id, key=key_for("subject", user.id))
    append(
        [
            NewEvent(
                data=UserCreated(
                    user_id=user.id,
                    username=sealer.text("username", username),
                    role=role,
                    collections=allowed,
                ),
                stream=f"access-{user.id}",
                event_id=event_id,
                actor=principal.actor,
            )
        ],
        expected={f"access-{user.id}": 0},
    )
    return user


@decides_again
@transaction.atomic
def change_role(*, principal: Principal, user: User, role: Role) -> None:
    """Changes what a person may do."""
    _lock(user, "role")
    if user.role == role:
        return
    user.role = role
    user.save(update_fields=["role"])
    _record(
        RoleChanged(user_id=user.id, role=role),
        stream=f"access-{user.id}",
        actor=principal.actor,
    )


@decides_again
@transaction.atomic
def set_collections(
    *, principal: Principal, subject: User | ApiKey, collections: Iterable[str] | None
) -> None:
    """Says which collections a person or a key may see (None: all), one event a difference."""
    _lock(subject, "collections")
    new = None if collections is None else frozenset(collections)
    old = None if subject.collections is None else frozenset(subject.collections)
    if new == old:
        return
    subject.collections = None if new is None else sorted(new)
    subject.save(update_fields=["collections"])
    kind, subject_id = (
        ("user", subject.id) if isinstance(subject, User) else ("api_key", subject.pk)
    )
    revoked = {None} if old is None else old - (new or frozenset())
    granted = {None} if new is None else new - (old or frozenset())
    for cls, names in ((AccessRevoked, revoked), (AccessGranted, granted)):
        for name in sorted(names, key=str):
            _record(
                cls(subject=kind, subject_id=subject_id, collection=name),
                stream=f"access-{subject_id}",
                actor=principal.actor,
            )


@decides_again
@transaction.atomic
def ensure_collection(*, name: str, principal: Principal, time_zone: str = "UTC") -> Collection:
    """The collection of that name, created if it is new. Raises NameRefused."""
    name = _checked_name(name)
    found = Collection.objects.filter(name=name).first()
    if found is not None:
        return found
    ZoneInfo(time_zone)
    stream = f"collection-{derived_id(name, 'collection')}"
    append(
        [
            NewEvent(
                data=CollectionCreated(collection=name, time_zone=time_zone),
                stream=stream,
                event_id=derived_id(stream, "CollectionCreated"),
                actor=principal.actor,
            )
        ],
        expected={stream: 0},
    )
    collection, _ = Collection.objects.get_or_create(name=name, defaults={"time_zone": time_zone})
    return collection


def _lock(subject: User | ApiKey, field: str) -> None:
    """Two who change it at once do so one after another, each from what the other left."""
    if isinstance(subject, User):
        subject.refresh_from_db(fields=[field], from_queryset=User.objects.select_for_update())
    else:
        subject.refresh_from_db(fields=[field], from_queryset=ApiKey.objects.select_for_update())


def _record(data: EventData, *, stream: str, actor: Actor) -> None:
    append(
        [NewEvent(data=data, stream=stream, event_id=new_id(), actor=actor)],
        expected={stream: stream_version(stream)},
    )


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise NameRefused(f"A name has 1 to {MAX_NAME_CHARACTERS} printable characters.")
    return name
