"""The stored bytes are RFC 8785's, whichever library wrote them, and read back equal."""

from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from provenance.accounts.events import CollectionCreated
from provenance.eventstore import canonical, event_types
from provenance.eventstore.canonical import EventTooLarge, decode, encode
from provenance.eventstore.event_types import EventData, UnknownEventType, stored_fields
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import Actor, NewEvent
from provenance.sealing.box import Box

NAMES = st.text(st.characters(max_codepoint=127, exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)


def event(name: str = "claims", stream: str = "c-1") -> NewEvent[CollectionCreated]:
    return NewEvent(
        data=CollectionCreated(collection=name, time_zone="UTC"),
        stream=stream,
        event_id=new_id(),
        actor=Actor("api_key", "k", "app"),
    )


@given(VALUES)
def test_both_serialisers_write_the_same_bytes(value: object) -> None:
    assert orjson.dumps(value, option=canonical.OPTIONS) == rfc8785.dumps(value)  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_an_event_is_stored_as_rfc_8785_and_read_back_equal(name: str) -> None:
    new = event(name)
    stored = encode(new, stream_version=3, recorded_at=canonical.instant(MOMENT))
    assert stored == rfc8785.dumps(orjson.loads(stored))
    read = decode(stored, position=7)
    assert (read.data, read.actor, read.event_id) == (new.data, new.actor, new.event_id)
    assert (read.stream_version, read.position, read.recorded_at) == (3, 7, MOMENT)


class Passage(EventData):
    text: Box
    page: int | None = None


class Answer(EventData):
    answer_id: UUID
    passages: tuple[Passage, ...] = ()
    best: Passage | None = None


@given(st.lists(st.tuples(st.text(max_size=8), st.none() | st.integers(0, 9)), max_size=4))
def test_what_is_stored_of_the_data_is_what_a_dump_of_it_holds(
    passages: list[tuple[str, int | None]],
) -> None:
    boxes = [
        Passage(text=Box.model_validate({"kid": kid, "iv": "", "commit": ""}), page=n)
        for kid, n in passages
    ]
    answer = Answer(answer_id=new_id(), passages=tuple(boxes), best=next(iter(boxes), None))
    dumped = answer.model_dump(by_alias=True, exclude_none=True)
    stored = orjson.dumps(answer, default=stored_fields, option=canonical.OPTIONS)
    assert stored == orjson.dumps(dumped, option=canonical.OPTIONS)


def test_the_envelope_is_cloudevents_with_our_names() -> None:
    stored = orjson.loads(encode(event(), stream_version=1, recorded_at=canonical.instant(MOMENT)))
    assert stored["specversion"] == "1.0"
    assert stored["type"] == "io.ragledger.CollectionCreated.v1"
    assert stored["time"] == stored["recordedtime"] == "2026-03-04T05:06:07.000089Z"
    assert all(name.isalnum() and name.islower() for name in stored)


def test_an_event_longer_than_64_kib_is_refused() -> None:
    with pytest.raises(EventTooLarge):
        encode(event("x" * 70_000), stream_version=1, recorded_at=canonical.instant(MOMENT))


@pytest.mark.parametrize(
    "wire", ["io.ragledger.NobodyKnowsThis.v1", "io.ragledger.CollectionCreated.v99", "other"]
)
def test_a_type_or_version_from_the_future_is_not_guessed_at(wire: str) -> None:
    stored = orjson.loads(encode(event(), stream_version=1, recorded_at=canonical.instant(MOMENT)))
    with pytest.raises(UnknownEventType):
        decode(orjson.dumps(stored | {"type": wire}), position=0)


def schemas() -> list[type[EventData]]:
    return list(event_types.registered())


@pytest.mark.parametrize("cls", schemas(), ids=lambda cls: cls.__name__)
def test_no_event_type_has_a_place_for_a_float(cls: type[EventData]) -> None:
    assert '"number"' not in orjson.dumps(cls.model_json_schema()).decode()


@pytest.mark.parametrize("cls", schemas(), ids=lambda cls: cls.__name__)
def test_every_member_name_of_an_event_is_ascii(cls: type[EventData]) -> None:
    assert cls.__name__ == event_types.name_of(cls)
    assert all(name.isascii() for name in cls.model_fields)
