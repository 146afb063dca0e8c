"""Writers that race: one wins, the others are told, and a command that decides again succeeds."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, transaction

from provenance.accounts.events import CollectionCreated
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, NewEvent

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 6


@store.decides_again
@transaction.atomic
def add_to(stream: str, event_id: UUID) -> UUID:
    (event,) = store.append(
        [
            NewEvent(
                data=CollectionCreated(collection="claims", time_zone="UTC"),
                stream=stream,
                event_id=event_id,
                actor=SYSTEM,
                fingerprint="f",
            )
        ],
        expected={stream: store.stream_version(stream)},
    )
    return event.event_id


def write(event_id: UUID) -> UUID:
    try:
        return add_to("c-1", event_id)
    finally:
        connection.close()


def test_racing_commands_that_decide_again_all_succeed_without_a_gap() -> None:
    ids = [new_id() for _ in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        assert set(pool.map(write, ids)) == set(ids)
    found = store.read_stream("c-1")
    assert [event.stream_version for event in found] == list(range(1, WRITERS + 1))


def test_the_same_fact_from_racing_writers_is_recorded_once() -> None:
    event_id = new_id()
    with ThreadPoolExecutor(WRITERS) as pool:
        assert set(pool.map(write, [event_id] * WRITERS)) == {event_id}
    assert len(store.read_stream("c-1")) == 1
