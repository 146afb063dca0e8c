"""The sample's people and API keys, kept with their secrets in two files only the owner reads."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance.accounts.access import SYSTEM_PRINCIPAL, principal_of_key
from provenance.accounts.commands import create_api_key, create_user, revoke_api_key
from provenance.accounts.models import ApiKey, Role, Scope, User

PEOPLE = (
    ("admin", Role.ADMINISTRATOR),
    ("reviewer", Role.REVIEWER),
    ("auditor", Role.AUDITOR),
)
RUN_TIME_SCOPES = (Scope.RETRIEVE, Scope.RECORD, Scope.READ)


@dataclass(frozen=True)
class KeyPlan:
    application: str
    scopes: tuple[str, ...]
    collections: tuple[str, ...] | None = None


KEYS = (
    KeyPlan("demo", tuple(Scope.values)),
    KeyPlan("claims-assistant", RUN_TIME_SCOPES),
    KeyPlan("customer-portal", RUN_TIME_SCOPES, ("policies",)),
)


@dataclass
class DemoAccess:
    """What `demo.json` holds: passwords by user name, plain keys by application."""

    folder: Path
    passwords: dict[str, str] = field(default_factory=dict)
    api_keys: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "DemoAccess":
        file = folder / "demo.json"
        kept: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return cls(folder, kept.get("passwords", {}), kept.get("api_keys", {}))

    def write(self) -> None:
        kept = {"passwords": self.passwords, "api_keys": self.api_keys}
        _write_private(self.folder / "demo.json", json.dumps(kept, indent=2) + "\n")

    def write_announcement(self, address: str) -> None:
        """`demo.txt`, which `manage.py up` prints at each start."""
        people = [f"  {name:<10} {self.passwords[name]}" for name, _ in PEOPLE]
        keys = [f"  {plan.application:<18} {self.api_keys[plan.application]}" for plan in KEYS]
        lines = [
            f"Sign in at {address}/accounts/login/ as (name, password)",
            *people,
            "API keys (customer-portal sees the collection policies only)",
            *keys,
        ]
        _write_private(self.folder / "demo.txt", "\n".join(lines) + "\n")


def ensure_demo_access(folder: Path) -> DemoAccess:
    """Makes what is missing. A secret is on disk before it opens anything, or is made anew."""
    access = DemoAccess.read(folder)
    for name, role in PEOPLE:
        _ensure_person(access, name, role)
    for plan in KEYS:
        _ensure_key(access, plan)
    return access


def _ensure_person(access: DemoAccess, name: str, role: Role) -> None:
    if name not in access.passwords:
        access.passwords[name] = secrets.token_urlsafe(12)
        access.write()
    if not User.objects.filter(username=name).exists():
        create_user(
            principal=SYSTEM_PRINCIPAL, username=name, password=access.passwords[name], role=role
        )


def _ensure_key(access: DemoAccess, plan: KeyPlan) -> None:
    known = access.api_keys.get(plan.application)
    if known and principal_of_key(known):
        return
    # A key whose plain text was lost in an interrupted run opens nothing for anybody: end it.
    for lost in ApiKey.objects.filter(application=plan.application, revoked_at=None):
        revoke_api_key(principal=SYSTEM_PRINCIPAL, key=lost)
    _, plain = create_api_key(
        principal=SYSTEM_PRINCIPAL,
        application=plan.application,
        scopes=plan.scopes,
        collections=plan.collections,
    )
    access.api_keys[plan.application] = plain
    access.write()


def _write_private(path: Path, text: str) -> None:
    """Replaces the file whole; nobody but its owner ever reads it."""
    beside = path.with_suffix(".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
