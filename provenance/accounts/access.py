"""Who is asking: the principal behind an API key or a signed-in person, and what it may see."""

import hashlib
from dataclasses import dataclass

from provenance.accounts.models import Role, Scope, User
from provenance.eventstore.driver import driver_cursor
from provenance.eventstore.recorded import SYSTEM, Actor

KEY = (
    "SELECT key_id, application, scopes, collections FROM accounts_api_key"
    " WHERE sha256 = %s AND revoked_at IS NULL"
)


@dataclass(frozen=True)
class Principal:
    """A person, a key, or the system itself. `collections` None means every collection."""

    actor: Actor
    scopes: frozenset[str]
    collections: frozenset[str] | None = None
    application: str | None = None
    role: str | None = None

    def may_see(self, collection: str) -> bool:
        return self.collections is None or collection in self.collections

    def has(self, scope: str) -> bool:
        return scope in self.scopes

    @property
    def reads_all_applications(self) -> bool:
        """People and admin keys read every application's interactions, other keys their own."""
        return self.role is not None or Scope.ADMIN in self.scopes

    def may_read_of(self, application: str | None) -> bool:
        return self.reads_all_applications or application == self.application


SYSTEM_PRINCIPAL = Principal(SYSTEM, frozenset(Scope.values), role=Role.ADMINISTRATOR)


def principal_of_key(plain_key: str) -> Principal | None:
    """The principal of a key that is not revoked, found by the key's hash."""
    digest = hashlib.sha256(plain_key.encode()).digest()
    # Every request of an application asks for this.
    with driver_cursor() as cursor:
        row = cursor.execute(KEY, [digest]).fetchone()
    if row is None:
        return None
    key_id, application, scopes, collections = row
    return Principal(
        actor=Actor("api_key", str(key_id), application),
        scopes=frozenset(scopes),
        collections=None if collections is None else frozenset(collections),
        application=application,
    )


def principal_of_user(user: User) -> Principal:
    """Reviewers may also hand in and withdraw documents; auditors only read."""
    scopes = {Scope.READ}
    if user.role in {Role.REVIEWER, Role.ADMINISTRATOR}:
        scopes |= {Scope.INGEST, Scope.RETRIEVE}
    if user.role == Role.ADMINISTRATOR:
        scopes |= {Scope.ADMIN, Scope.RECORD}
    everything = user.role == Role.ADMINISTRATOR or user.collections is None
    return Principal(
        actor=Actor("user", str(user.id)),
        scopes=frozenset(scopes),
        collections=None if everything else frozenset(user.collections or []),
        role=user.role,
    )
