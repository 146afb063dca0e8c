"""Checkpoints: signed once, committed before they are served, never against an earlier one."""

import secrets
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from provenance.integrity import checkpoints, tree
from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.checkpoints import Sealer, seal
from provenance.integrity.errors import Inconsistent, NotSealedYet, WrongSigningKey
from provenance.integrity.models import SealedCheckpoint, Tree
from provenance.integrity.notes import Note, VerifierKey
from provenance.integrity.sequencer import sequence_everything
from tests.integrity.test_tree import fill

SEED = secrets.token_bytes(32)

pytestmark = pytest.mark.django_db


def sealed() -> SealedCheckpoint:
    checkpoint = seal(SEED)
    assert checkpoint is not None
    return checkpoint


def refill(first: int, events: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO eventstore_event"
            " (event_id, stream, stream_version, type, recorded_at, canonical)"
            " SELECT gen_random_uuid(), 'more-' || n, 1, 'Filling', now(), 'more'::bytea"
            " FROM generate_series(%s, %s) AS n",
            [first, first + events - 1],
        )
    sequence_everything()


def test_a_checkpoint_commits_to_size_and_root_under_the_logs_key() -> None:
    fill(300)
    found = sealed()
    note = Note.parse(found.note)
    (key,) = note.signed_by(checkpoints.verifier_keys())
    assert Checkpoint.parse(note.text) == Checkpoint(key.name, 300, tree.root(300))
    assert key.name.startswith("ragledger.invalid/")


def test_the_origin_may_be_named(settings: Any) -> None:
    settings.LOG_ORIGIN = "logs.example.org/claims"
    fill(1)
    assert sealed().origin == "logs.example.org/claims"


def test_nothing_is_sealed_twice_nor_while_the_log_is_empty() -> None:
    assert seal(SEED) is None
    fill(3)
    sealed()
    assert seal(SEED) is None
    refill(10, 1)
    assert sealed().size == 4


def test_a_position_is_covered_by_the_newest_checkpoint_or_not_yet() -> None:
    with pytest.raises(NotSealedYet):
        checkpoints.newest_covering(0)
    fill(3)
    sealed()
    assert checkpoints.newest_covering(2).size == 3
    with pytest.raises(NotSealedYet):
        checkpoints.newest_covering(3)


def test_another_key_seals_nothing() -> None:
    fill(3)
    sealed()
    refill(10, 1)
    with pytest.raises(WrongSigningKey, match="rotate_signing_key"):
        seal(secrets.token_bytes(32))


def test_a_log_that_does_not_continue_what_was_signed_is_not_signed() -> None:
    fill(300)
    sealed()
    refill(1000, 10)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrity_tree SET compact_range = %s || substr(compact_range, 33)",
            [secrets.token_bytes(32)],
        )
    with pytest.raises(Inconsistent, match="does not continue"):
        seal(SEED)
    Sealer(SEED).seal_if_due()
    assert "does not continue" in Tree.objects.get().sealing_problem
    assert SealedCheckpoint.objects.count() == 1


def test_a_log_that_became_shorter_is_not_signed() -> None:
    fill(5)
    sealed()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE integrity_tree SET size = 4, compact_range = substr(compact_range, 1, 32)"
        )
    with pytest.raises(Inconsistent, match="only 4"):
        seal(SEED)


def test_a_problem_that_is_solved_is_no_longer_said() -> None:
    fill(5)
    Tree.objects.update(sealing_problem="an old one")
    Sealer(SEED).seal_if_due()
    assert Tree.objects.get().sealing_problem == ""


def test_a_known_key_is_found_by_its_name() -> None:
    fill(1)
    sealed()
    (key,) = checkpoints.verifier_keys()
    assert VerifierKey.parse(str(key)) == key


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("table", ["checkpoint", "log_key", "cosignature", "time_stamp"])
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_what_was_signed_is_never_changed(table: str, alias: str) -> None:
    fill(1)
    sealed()
    if table == "cosignature":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO integrity_cosignature (checkpoint_id, witness, line)"
                " SELECT id, 'w', 'line' FROM integrity_checkpoint"
            )
    if table == "time_stamp":
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO integrity_time_stamp (checkpoint_id, authority, response, stamped_at)"
                " SELECT id, 'a', '', now() FROM integrity_checkpoint"
            )
    column = {
        "checkpoint": "note",
        "log_key": "origin",
        "cosignature": "line",
        "time_stamp": "authority",
    }[table]
    for change in ("UPDATE {} SET {} = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
        statement = change.format(f"integrity_{table}", column)
        with (
            pytest.raises(DatabaseError, match=r"append-only|permission denied"),
            transaction.atomic(using=alias),
            connections[alias].cursor() as cursor,
        ):
            cursor.execute(statement)
