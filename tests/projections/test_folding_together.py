"""A read model folds many events of a type at once, causes first, and some keep their place."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db.models import Model

from provenance.accounts.events import CollectionCreated, RoleChanged, UserCreated
from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import SYSTEM, Recorded
from provenance.projections.projection import Events, Projection, handles, handles_all

AT = datetime(2026, 1, 1, tzinfo=UTC)


def event(position: int, event_type: type[EventData]) -> Recorded[Any]:
    id_, data = new_id(), event_type.model_construct()
    return Recorded(
        id_, name_of(event_type), "s", 1, position, AT, AT, None, None, SYSTEM, None, data
    )


class Told(Projection):
    """Tells which positions were folded in one call."""

    name: ClassVar[str] = "test_told"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, list[int]]] = []

    def tell(self, name: str, events: Events[Any]) -> None:
        self.told.append((name, [each.place for each in events]))

    @handles_all(UserCreated)
    def first(self, events: Events[UserCreated]) -> None:
        self.tell("first", events)

    @handles_all(CollectionCreated)
    def afterwards(self, events: Events[CollectionCreated]) -> None:
        self.tell("afterwards", events)


class Keeping(Told):
    """The same, with a third type that keeps its place among the others."""

    @handles_all(RoleChanged, alone=True)
    def in_its_place(self, events: Events[RoleChanged]) -> None:
        self.tell("in its place", events)


class OneByOne(Told):
    """The same, with a third type that is folded one by one."""

    @handles(RoleChanged)
    def one(self, event: Recorded[RoleChanged]) -> None:
        self.tell("one", [event])


def test_events_of_a_type_are_folded_at_once_and_causes_before_what_follows() -> None:
    projection = Told()
    mixed: list[type[EventData]] = [CollectionCreated, UserCreated] * 2
    projection.fold_batch([event(place, each) for place, each in enumerate(mixed)])
    assert projection.told == [("first", [1, 3]), ("afterwards", [0, 2])]
    projection.fold(event(4, UserCreated))
    assert projection.told[2:] == [("first", [4])]


MIXED: list[type[EventData]] = [
    UserCreated,
    RoleChanged,
    RoleChanged,
    UserCreated,
    RoleChanged,
    UserCreated,
]


def test_what_keeps_its_place_is_folded_between_what_lies_before_and_behind_it() -> None:
    projection = Keeping()
    projection.fold_batch([event(place, each) for place, each in enumerate(MIXED)])
    places = [
        ("first", [0]),
        ("in its place", [1, 2]),
        ("first", [3]),
        ("in its place", [4]),
        ("first", [5]),
    ]
    assert projection.told == places


def test_so_is_what_is_folded_one_by_one() -> None:
    projection = OneByOne()
    projection.fold_batch([event(place, each) for place, each in enumerate(MIXED)])
    assert [places for _, places in projection.told] == [[0], [1], [2], [3], [4], [5]]
