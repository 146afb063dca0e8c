"""What the tests of backups share: a story in the log, and a second database, still empty."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import authenticate
from django.db import connections
from psycopg import sql

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key, create_user
from provenance.accounts.models import Role
from provenance.backups.backup import back_up
from provenance.integrity.checkpoints import seal
from retrieval.generations.active import forget_active_generation
from tests.recording.conftest import documents
from tests.recording.stories import ask, output_of, prompt_of

__all__ = ["documents"]
PASSWORD = "correct horse battery staple"  # noqa: S105
ANSWER = "The waiting period for dental treatment is 8 months."

SecondDatabase = Callable[[], AbstractContextManager[None]]


@dataclass
class Story:
    output_id: UUID
    api_key: str
    seed: bytes


@pytest.fixture
def story(documents: dict[str, Any], run_work: Callable[[], None], settings: Any) -> Story:  # noqa: ARG001
    """Documents, an output with all that led to it, a person and a key; sealed."""
    settings.LOG_SIGNING_KEY = seed = secrets.token_bytes(32)
    output_id = output_of(prompt_of(ask()), ANSWER)
    _, api_key = create_api_key(principal=SYSTEM_PRINCIPAL, application="claims")
    create_user(principal=SYSTEM_PRINCIPAL, username="alice", password=PASSWORD, role=Role.REVIEWER)
    run_work()
    assert seal(seed)
    return Story(output_id, api_key, seed)


@pytest.fixture
def second_database() -> Iterator[SecondDatabase]:
    """Everything inside the block happens in another database, which is dropped at the end."""
    made: list[str] = []

    @contextmanager
    def switched() -> Iterator[None]:
        first = connections["owner"].settings_dict["NAME"]
        name = f"{first}_{secrets.token_hex(3)}"
        _as_owner("CREATE DATABASE {} TEMPLATE {}", name, f"{first}_template")
        made.append(name)
        _switch_to(name)
        try:
            yield
        finally:
            _switch_to(first)

    yield switched
    for name in made:
        # Without FORCE, which fails at an autovacuum; PostgreSQL waits for it to give way.
        _as_owner("DROP DATABASE {}", name)


def _as_owner(statement: str, *names: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def _switch_to(name: str) -> None:
    connections.close_all()
    for alias in ("default", "owner"):
        connections[alias].settings_dict["NAME"] = name
    forget_active_generation()


def signs_in() -> bool:
    return authenticate(username="alice", password=PASSWORD) is not None


def silent(done: int, total: int) -> None:
    assert 0 <= done <= total


@dataclass
class Kept:
    """A backup that was made once; tests get copies of it."""

    folder: Path
    story: Story


_kept: list[Kept] = []


@pytest.fixture
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> Kept:
    if not _kept:
        story: Story = request.getfixturevalue("story")
        folder = tmp_path_factory.mktemp("kept") / "backup"
        back_up(folder, report=silent)
        _kept.append(Kept(folder, story))
    settings.LOG_SIGNING_KEY = _kept[0].story.seed
    return _kept[0]


@pytest.fixture
def backup(kept: Kept, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept.folder, tmp_path / "backup"))


@pytest.fixture
def told(kept: Kept) -> Story:
    """The story that the backup tells."""
    return kept.story
