"""How a read model is declared: a class with a name, a version, its tables, a method an event."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar, TypeVar

from django.db.models import Model

from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.recorded import Recorded

D = TypeVar("D", bound=EventData)
S = TypeVar("S")
Events = Sequence[Recorded[D]]
Fold = Callable[[Recorded[Any]], None]
FoldAll = Callable[[Events[Any]], None]
ProjectionClass = TypeVar("ProjectionClass", bound="type[Projection]")

HANDLES, HANDLES_ALL, ALONE = "_handles", "_handles_all", "_alone"
# The stretches of a batch: of events that are folded together, and of others, one by one.
TOGETHER, ONE_BY_ONE = "", "one by one"


def handles(
    event_type: type[D],
) -> Callable[[Callable[[S, Recorded[D]], None]], Callable[[S, Recorded[D]], None]]:
    """Marks the method that folds one event type; the checker holds it to that type."""

    def mark(method: Callable[[S, Recorded[D]], None]) -> Callable[[S, Recorded[D]], None]:
        return _marked(method, HANDLES, event_type)

    return mark


def handles_all(
    *event_types: type[D], alone: bool = False
) -> Callable[[Callable[[S, Events[D]], None]], Callable[[S, Events[D]], None]]:
    """Marks the method that folds many events of these types with few statements.

    Between two events that are not folded so, all events of the first such method are folded
    before those of the second, in the order of the class: so write causes above what follows from
    them, and let every fold give the same rows whatever the batches are. What must keep its place
    among the other events is marked `alone`: only a run of it is folded at once.
    """

    def mark(method: Callable[[S, Events[D]], None]) -> Callable[[S, Events[D]], None]:
        for event_type in event_types:
            _marked(method, HANDLES_ALL, event_type)
        setattr(method, ALONE, alone)
        return method

    return mark


def _marked(method: S, mark: str, event_type: type[EventData]) -> S:
    setattr(method, mark, [*getattr(method, mark, []), event_type])
    return method


def _marked_methods(part: object, mark: str) -> Iterator[tuple[str, Any]]:
    """The bare names of events and the methods that fold them, in the order of the class."""
    for cls in reversed(type(part).__mro__):
        for name, member in vars(cls).items():
            for event_type in getattr(member, mark, []):
                yield name_of(event_type), getattr(part, name)


class Projection:
    """A read model. A fold reads the event and its own tables: no clock, network or chance.

    `parts` are further objects with marked methods, folded after the projection's own in the
    order given. Tables are addressed by bare names: a rebuild folds into temporary tables of the
    same names. A projection that does not park stops at an event that it cannot fold.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    tables: ClassVar[tuple[type[Model], ...]]
    parks: ClassVar[bool] = True
    parts: Sequence[object] = ()

    def __init__(self) -> None:
        self._folds: dict[str, list[Fold]] = {}
        for part in (self, *self.parts):
            for event_name, fold in _marked_methods(part, HANDLES):
                self._folds.setdefault(event_name, []).append(fold)
        self._folds_all: dict[str, FoldAll] = dict(_marked_methods(self, HANDLES_ALL))

    def event_names(self) -> frozenset[str]:
        """The bare names of the events that this projection folds."""
        return frozenset(self._folds) | frozenset(self._folds_all)

    def fold_batch(self, events: Events[Any]) -> None:
        for stretch, run in groupby(events, key=self._stretch):
            if stretch == ONE_BY_ONE:
                for event in run:
                    self._fold_one(event)
            else:
                self._fold_together(list(run))

    def fold(self, event: Recorded[Any]) -> None:
        self.fold_batch([event])

    def _stretch(self, event: Recorded[Any]) -> str:
        fold = self._folds_all.get(event.type)
        if fold is None:
            return ONE_BY_ONE
        return event.type if getattr(fold, ALONE, False) else TOGETHER

    def _fold_one(self, event: Recorded[Any]) -> None:
        for fold in self._folds.get(event.type, ()):
            fold(event)

    def _fold_together(self, events: Events[Any]) -> None:
        for fold in dict.fromkeys(self._folds_all.values()):
            if concerned := [event for event in events if self._folds_all[event.type] == fold]:
                fold(concerned)


_projections: dict[str, type[Projection]] = {}


def projection(cls: ProjectionClass) -> ProjectionClass:
    """Registers a projection class under its name."""
    if cls.name in _projections:
        raise ValueError(f"The projection {cls.name} is declared twice.")
    _projections[cls.name] = cls
    return cls


def projections() -> list[Projection]:
    """A fresh object of every registered projection."""
    return [cls() for cls in _projections.values()]


def projection_named(name: str) -> Projection:
    """Raises KeyError for an unknown name."""
    return _projections[name]()


def projection_names() -> list[str]:
    return sorted(_projections)
