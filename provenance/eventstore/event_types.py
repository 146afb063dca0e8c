"""Declares event types: permanent name, version, schema and upcasters in one place."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

PREFIX = "io.ragledger."
Payload = dict[str, Any]
Upcaster = Callable[[Payload], Payload]


class EventData(BaseModel):
    """What an event says. No float may occur: its canonical form would depend on the writer."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64")


class _StoredNames(dict[type, tuple[tuple[str, str], ...]]):
    """For each model class, its fields with the names that they are stored under."""

    def __missing__(self, cls: type) -> tuple[tuple[str, str], ...]:
        if not issubclass(cls, BaseModel):
            raise TypeError(f"An event cannot hold a {cls.__name__}.")
        fields = cls.model_fields.items()
        self[cls] = found = tuple((name, field.alias or name) for name, field in fields)
        return found


_stored_names = _StoredNames()


def stored_fields(model: object) -> Payload:
    """What is stored of an event's data, and of a model inside it: the fields that say something.

    The JSON writer asks for them as it meets a model, in a third of the time of a `model_dump`.
    """
    values = model.__dict__
    return {
        stored: value
        for name, stored in _stored_names[type(model)]
        if (value := values[name]) is not None
    }


D = TypeVar("D", bound=EventData)


class UnknownEventType(Exception):
    """The log holds a type or version that this code does not know: upgrade before reading on."""


class EventTypeError(Exception):
    """An event type is declared wrongly; the process must not start."""


_types: dict[str, type[EventData]] = {}
_versions: dict[str, int] = {}
_names: dict[type[EventData], str] = {}
_wire_names: dict[type[EventData], str] = {}
_upcasters: dict[tuple[str, int], Upcaster] = {}


def event_type(name: str, *, version: int) -> Callable[[type[D]], type[D]]:
    """Registers the class under its permanent stored name and its current version."""

    def register(cls: type[D]) -> type[D]:
        if name in _types:
            raise EventTypeError(f"The event type {name} is declared twice.")
        _types[name], _versions[name], _names[cls] = cls, version, name
        _wire_names[cls] = f"{PREFIX}{name}.v{version}"
        return cls

    return register


def upcasts(cls: type[EventData], *, from_version: int) -> Callable[[Upcaster], Upcaster]:
    """Registers the pure step from `from_version` to the next one."""

    def register(upcaster: Upcaster) -> Upcaster:
        _upcasters[(name_of(cls), from_version)] = upcaster
        return upcaster

    return register


def refuse_gaps() -> None:
    """Raises EventTypeError unless every past version of every type leads to the current one."""
    for name, current in _versions.items():
        missing = [v for v in range(1, current) if (name, v) not in _upcasters]
        if missing:
            raise EventTypeError(f"{name} has no upcaster from version {missing[0]}.")


def name_of(cls: type[EventData]) -> str:
    return _names[cls]


def wire_name(cls: type[EventData]) -> str:
    """`io.ragledger.DocumentSubmitted.v1`, as it stands in the stored bytes."""
    return _wire_names[cls]


def known_names() -> frozenset[str]:
    return frozenset(_types)


def parse_wire_name(wire: str) -> tuple[str, int]:
    """The bare name and version of a stored type. Raises UnknownEventType."""
    name, dot, version = wire.removeprefix(PREFIX).rpartition(".v")
    if not wire.startswith(PREFIX) or not dot or not version.isdigit():
        raise UnknownEventType(f"{wire!r} is not an event type of RAGLedger.")
    return name, int(version)


def revive(wire: str, payload: Payload) -> EventData:
    """The stored payload as an object of the current schema. Raises UnknownEventType."""
    name, version = parse_wire_name(wire)
    if name not in _types or version > _versions[name]:
        raise UnknownEventType(f"This version of RAGLedger does not know {wire}.")
    for step in range(version, _versions[name]):
        payload = _upcasters[(name, step)](payload)
    return _types[name].model_validate(payload)


def registered() -> list[type[EventData]]:
    """Every current schema, by name."""
    return [_types[name] for name in sorted(_types)]
