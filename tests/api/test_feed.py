"""The feed: every event once, in position order, with the very bytes that were hashed."""

from collections.abc import Callable

import orjson
import pytest

from provenance.eventstore.models import Event
from provenance.eventstore.store import head_position
from tests.api.callers import Caller, json_of, new_caller, pointers

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


def test_the_feed_gives_every_event_once_in_position_order(
    charlie: Caller, run_projector: Step
) -> None:
    for number in range(5):
        new_caller(f"application {number}")
    run_projector()
    found: list[dict[str, str]] = []
    while batch := json_of(charlie.get("/events", limit=2, after=len(found) - 1)):
        found += batch
    assert [each["sequence"] for each in found] == [
        f"{position:020d}" for position in range(head_position() + 1)
    ]


def test_an_event_is_given_as_the_bytes_that_were_hashed(
    charlie: Caller, run_projector: Step
) -> None:
    run_projector()
    stored = Event.objects.latest("seq")
    answer = charlie.get(f"/events/{stored.event_id}")
    assert answer.content == bytes(stored.canonical)
    assert answer["Content-Type"] == "application/cloudevents+json; charset=UTF-8"
    batch = charlie.get("/events")
    assert batch["Content-Type"] == "application/cloudevents-batch+json; charset=UTF-8"
    last = json_of(batch)[-1]
    del last["sequence"]
    assert last == orjson.loads(answer.content)


def test_the_feed_is_filtered_by_type_and_stream(charlie: Caller, run_projector: Step) -> None:
    new_caller("one", collections=("somewhere",))
    run_projector()
    created = json_of(charlie.get("/events", types="CollectionCreated"))
    assert [each["data"]["collection"] for each in created] == ["somewhere"]
    of_stream = json_of(charlie.get("/events", stream=created[0]["stream"]))
    assert of_stream == created
    assert len(json_of(charlie.get("/events", types="CollectionCreated,ApiKeyCreated"))) == 3


def test_who_is_not_an_administrator_sees_nothing_of_keys_and_people(
    alice: Caller, run_projector: Step
) -> None:
    run_projector()
    assert json_of(alice.get("/events")) == []
    event = Event.objects.latest("seq")
    assert alice.get(f"/events/{event.event_id}").status_code == 404


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"limit": "0"}, "#/limit"),
        ({"limit": "many"}, "#/limit"),
        ({"after": "-2"}, "#/after"),
        ({"after": "9" * 19}, "#/after"),
        ({"stream": "a\0"}, "#/stream"),
        ({"stream": ["a", "b"]}, "#/stream"),
        ({"before": "1"}, "#/before"),
    ],
)
def test_a_wrong_parameter_is_named(
    charlie: Caller, parameters: dict[str, str], pointer: str
) -> None:
    answer = charlie.get("/events", **parameters)
    assert answer.status_code == 422
    assert pointers(answer) == [pointer]
