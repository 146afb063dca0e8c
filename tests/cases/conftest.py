"""An answer to review, and the people who do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from provenance.accounts.access import SYSTEM_PRINCIPAL, Principal, principal_of_user
from provenance.accounts.commands import create_user
from provenance.accounts.models import Role, User
from tests.recording.conftest import documents
from tests.recording.stories import ask, output_of, prompt_of

__all__ = ["documents"]
Step = Callable[[], None]
PASSWORD = "a long enough pass phrase"  # noqa: S105
TEXT = "The waiting period for dental treatment is 8 months. Nobody said so."


def person(name: str, role: Role = Role.REVIEWER, **more: Any) -> User:
    return create_user(
        principal=SYSTEM_PRINCIPAL, username=name, password=PASSWORD, role=role, **more
    )


@dataclass(frozen=True)
class Cast:
    """Two reviewers, an administrator, an auditor, and a reviewer kept out of the documents."""

    alice: Principal
    bob: Principal
    carol: Principal
    eve: Principal
    mallory: Principal


@pytest.fixture
def cast() -> Cast:
    return Cast(
        alice=principal_of_user(person("alice")),
        bob=principal_of_user(person("bob")),
        carol=principal_of_user(person("carol", Role.ADMINISTRATOR)),
        eve=principal_of_user(person("eve", Role.AUDITOR)),
        mallory=principal_of_user(person("mallory", collections=["elsewhere"])),
    )


@pytest.fixture
def output_id(documents: dict[str, Any], run_work: Step) -> UUID:  # noqa: ARG001
    """Two sentences, of which a document supports one."""
    output = output_of(prompt_of(ask()), TEXT)
    run_work()
    return output
