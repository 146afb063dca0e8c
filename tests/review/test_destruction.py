"""The database destroys a data key only for an erasure that two people stand for, in the log."""

from uuid import UUID

import pytest
from django.db import DatabaseError, connection, connections, transaction

from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import Actor
from provenance.review.events import ErasureRejected
from provenance.sealing.keys import destroy_keys, key_for, key_id, living
from tests.erased_keys import CAROL, approved_erasure, record, record_destroyed, sealed_reason

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
OUTPUT = UUID("019a0000-0000-7000-8000-000000000009")
KID = key_id("interaction", OUTPUT)


@pytest.fixture(autouse=True)
def a_key() -> None:
    key_for("interaction", OUTPUT)


def is_refused(event_id: UUID) -> bool:
    with pytest.raises(DatabaseError, match="no approved erasure accounts for it"):
        destroy_keys([event_id])
    return living([KID]) == {KID}


def test_a_key_goes_with_an_erasure_that_another_person_approved() -> None:
    destroy_keys([record_destroyed(KID, approved_erasure())])
    assert living([KID]) == set()


def test_nobody_approves_what_they_asked_for_and_an_application_is_one_person() -> None:
    assert is_refused(record_destroyed(KID, approved_erasure(by=CAROL)))
    first, second = (Actor("api_key", str(new_id()), "claims") for _ in range(2))
    assert is_refused(record_destroyed(KID, approved_erasure(asker=first, by=second)))


def test_an_erasure_that_nobody_approved_or_that_is_not_there_destroys_nothing() -> None:
    assert is_refused(record_destroyed(KID, approved_erasure(by=None)))
    assert is_refused(record_destroyed(KID, new_id()))


def test_a_rejected_erasure_destroys_nothing() -> None:
    erasure_id = approved_erasure()
    event_id = new_id()
    rejected = ErasureRejected(erasure_id=erasure_id, reason=sealed_reason(event_id, erasure_id))
    record(rejected, f"erasure-{erasure_id}", event_id=event_id)
    assert is_refused(record_destroyed(KID, erasure_id))


def test_the_event_stands_where_readers_look_for_it() -> None:
    elsewhere = record_destroyed(KID, approved_erasure(), stream="elsewhere")
    assert is_refused(elsewhere)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sealing_key SET wrapped_dek = NULL, destroyed_at = now()",
        "UPDATE sealing_key SET wrapped_dek = 'other bytes'",
        "UPDATE sealing_key SET created_at = now()",
        "INSERT INTO sealing_key (kid, destroyed_at) VALUES ('output:1', now())",
        "DELETE FROM sealing_key",
        "TRUNCATE sealing_key",
    ],
)
def test_the_web_role_changes_no_key_by_itself(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert living([KID]) == {KID}


def test_the_owner_needs_the_approval_as_well() -> None:
    with (
        pytest.raises(DatabaseError, match="no approved erasure"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("UPDATE sealing_key SET wrapped_dek = NULL, destroyed_at = now()")
    assert living([KID]) == {KID}
