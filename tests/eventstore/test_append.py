"""What append promises: all or nothing, after the version that was read, and once."""

from uuid import UUID

import pytest
from django.db import connection, transaction

from provenance.accounts.events import CollectionCreated, RoleChanged
from provenance.eventstore import store
from provenance.eventstore.errors import EventIdConflict, VersionConflict
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent

pytestmark = pytest.mark.django_db


def fact(
    stream: str,
    name: str = "claims",
    *,
    event_id: UUID | None = None,
    fingerprint: str | None = None,
) -> NewEvent[CollectionCreated]:
    return NewEvent(
        data=CollectionCreated(collection=name, time_zone="UTC"),
        stream=stream,
        event_id=event_id or new_id(),
        actor=SYSTEM,
        fingerprint=fingerprint,
    )


def count_events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM eventstore_event")
        return int(cursor.fetchone()[0])


def test_appended_events_are_read_in_the_order_of_their_stream() -> None:
    store.append([fact("c-1", "one"), fact("c-1", "two")], expected={"c-1": 0})
    store.append([fact("c-1", "three")], expected={"c-1": 2})
    found = store.read_stream("c-1")
    assert [event.data.collection for event in found] == ["one", "two", "three"]
    assert [event.stream_version for event in found] == [1, 2, 3]
    assert {event.position for event in found} == {None}


def test_what_is_read_equals_what_append_returned() -> None:
    (returned,) = store.append([fact("c-1")], expected={"c-1": 0})
    assert store.read_event(returned.event_id) == returned


@pytest.mark.parametrize("expected", [0, 2, 7])
def test_a_writer_that_read_an_old_version_is_refused(expected: int) -> None:
    store.append([fact("c-1")], expected={"c-1": 0})
    with pytest.raises(VersionConflict), transaction.atomic():
        store.append([fact("c-1")], expected={"c-1": expected})
    assert count_events() == 1


def test_a_conflict_on_one_stream_records_nothing_on_the_others() -> None:
    store.append([fact("c-1")], expected={"c-1": 0})
    with pytest.raises(VersionConflict), transaction.atomic():
        store.append([fact("c-2"), fact("c-1")], expected={"c-1": 0, "c-2": 0})
    assert count_events() == 1


def test_the_same_event_again_answers_the_stored_one() -> None:
    event_id = derived_id("cause", "CollectionCreated")
    first = store.append([fact("c-1", event_id=event_id, fingerprint="f")], expected={"c-1": 0})
    again = store.append([fact("c-1", event_id=event_id, fingerprint="f")], expected={"c-1": 0})
    assert again == first
    assert count_events() == 1


@pytest.mark.parametrize(("stream", "fingerprint"), [("c-2", "f"), ("c-1", "g"), ("c-1", None)])
def test_the_same_id_for_another_fact_is_refused(stream: str, fingerprint: str | None) -> None:
    event_id = new_id()
    store.append([fact("c-1", event_id=event_id, fingerprint="f")], expected={"c-1": 0})
    with pytest.raises((EventIdConflict, VersionConflict)), transaction.atomic():
        store.append(
            [fact(stream, event_id=event_id, fingerprint=fingerprint)], expected={stream: 0}
        )
    assert count_events() == 1


def test_the_same_id_for_another_type_is_refused() -> None:
    event_id = new_id()
    store.append([fact("c-1", event_id=event_id)], expected={"c-1": 0})
    other = NewEvent(
        data=RoleChanged(user_id=new_id(), role="auditor"),
        stream="c-1",
        event_id=event_id,
        actor=SYSTEM,
    )
    with pytest.raises(EventIdConflict), transaction.atomic():
        store.append([other], expected={"c-1": 0})


def test_events_can_be_read_by_their_cause_and_their_group() -> None:
    cause, group = new_id(), new_id()
    event = fact("c-1")
    linked = NewEvent(
        data=event.data,
        stream="c-1",
        event_id=event.event_id,
        actor=SYSTEM,
        causation_id=cause,
        correlation_id=group,
    )
    store.append([linked], expected={"c-1": 0})
    assert [e.event_id for e in store.read_caused_by(cause)] == [event.event_id]
    assert [e.event_id for e in store.read_correlated(group)] == [event.event_id]
    assert store.read_caused_by(cause, types=[RoleChanged]) == []
