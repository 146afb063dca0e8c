"""How a read model is declared: a class with a name, a version, its tables, a method an event."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from django.db.models import Model

from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.recorded import Recorded

D = TypeVar("D", bound=EventData)
S = TypeVar("S")
Fold = Callable[[Any, Recorded[Any]], None]
ProjectionClass = TypeVar("ProjectionClass", bound="type[Projection]")

HANDLES = "_handles"


def handles(
    event_type: type[D],
) -> Callable[[Callable[[S, Recorded[D]], None]], Callable[[S, Recorded[D]], None]]:
    """Marks the method that folds one event type; the checker holds it to that type."""

    def mark(method: Callable[[S, Recorded[D]], None]) -> Callable[[S, Recorded[D]], None]:
        marked: list[type[EventData]] = getattr(method, HANDLES, [])
        setattr(method, HANDLES, [*marked, event_type])
        return method

    return mark


def folds_of(part: object) -> dict[str, Callable[[Recorded[Any]], None]]:
    """The marked methods of an object by the bare name of the event they fold."""
    found: dict[str, Callable[[Recorded[Any]], None]] = {}
    for name in dir(type(part)):
        for event_type in getattr(getattr(type(part), name), HANDLES, []):
            found[name_of(event_type)] = getattr(part, name)
    return found


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
        self._folds: dict[str, list[Callable[[Recorded[Any]], None]]] = {}
        for part in (self, *self.parts):
            for event_name, fold in folds_of(part).items():
                self._folds.setdefault(event_name, []).append(fold)

    def event_names(self) -> frozenset[str]:
        """The bare names of the events that this projection folds."""
        return frozenset(self._folds)

    def fold_batch(self, events: Sequence[Recorded[Any]]) -> None:
        for event in events:
            self.fold(event)

    def fold(self, event: Recorded[Any]) -> None:
        for fold in self._folds.get(event.type, ()):
            fold(event)


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
