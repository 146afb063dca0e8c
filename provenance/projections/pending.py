"""The read model of pending work, folded from the events that ask for work and answer it."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.db import connection
from django.db.models import Model

from provenance.eventstore.event_types import name_of
from provenance.eventstore.recorded import Recorded
from provenance.projections.models import PendingWork
from provenance.projections.projection import Events, Projection, projection
from provenance.projections.work import Subject, WorkKind, work_kinds

OPEN = """
    INSERT INTO projections_pending_work (kind, subject_id, queue, cause_event_id, position)
    SELECT * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::uuid[], %s::bigint[])
    ON CONFLICT (kind, subject_id) DO UPDATE
    SET cause_event_id = excluded.cause_event_id, position = excluded.position
"""
CLOSE = """
    DELETE FROM projections_pending_work AS w
    USING unnest(%s::text[], %s::uuid[]) AS c (kind, subject_id)
    WHERE w.kind = c.kind AND w.subject_id = c.subject_id
"""
Concerned = dict[str, list[tuple[WorkKind, Subject]]]
Key = tuple[str, UUID]


class Part(Protocol):
    """Opens and closes work that no single event asks for; it keeps tables of its own."""

    tables: ClassVar[tuple[type[Model], ...]]


@projection
class PendingWorkList(Projection):
    """One row for each piece of work that is asked for and not answered."""

    name: ClassVar[str] = "pending_work"
    version: ClassVar[int] = 3
    tables: ClassVar[tuple[type[Model], ...]] = (PendingWork,)
    parks: ClassVar[bool] = False
    declared_parts: ClassVar[tuple[Callable[[], Part], ...]] = ()

    def __init__(self) -> None:
        self.parts = [make() for make in self.declared_parts]
        super().__init__()
        self._closed_by: Concerned = {}
        self._opened_by: Concerned = {}
        for kind in work_kinds():
            for event_type, subject in kind.closed_by.items():
                self._closed_by.setdefault(name_of(event_type), []).append((kind, subject))
            for event_type, subject in kind.opened_by.items():
                self._opened_by.setdefault(name_of(event_type), []).append((kind, subject))
        for event_name in self._closed_by | self._opened_by:
            if event_name in self._folds:
                self._folds[event_name].append(self._fold_after_parts)
            else:
                self._folds_all[event_name] = self.open_and_close

    def open_and_close(self, events: Events[Any]) -> None:
        """Writes what the events come to: most work is answered soon after it was asked for."""
        outcome: dict[Key, Recorded[Any] | None] = {}
        queues: dict[Key, str] = {}
        for event in events:
            # Work is closed before more is opened: one event may do both, one stage after another.
            for kind, subject_id in _named(self._closed_by, event):
                outcome[kind.name, subject_id] = None
            for kind, subject_id in _named(self._opened_by, event):
                outcome[kind.name, subject_id] = event
                queues[kind.name, subject_id] = kind.queue
        closed = sorted(key for key, asked in outcome.items() if asked is None)
        asked = [(*key, queues[key], e.event_id, e.place) for key, e in outcome.items() if e]
        _execute(CLOSE, closed)
        _execute(OPEN, asked)

    def _fold_after_parts(self, event: Recorded[Any]) -> None:
        self.open_and_close([event])


def _named(concerned: Concerned, event: Recorded[Any]) -> Iterator[tuple[WorkKind, UUID]]:
    for kind, subject in concerned.get(event.type, ()):
        subject_id = subject(event)
        if subject_id is not None:
            yield kind, subject_id


def _execute(statement: str, rows: list[Any]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def add_part(part: type[Part]) -> type[Part]:
    """Registers a part, folded before the events that open and close work by themselves."""
    PendingWorkList.declared_parts += (part,)
    PendingWorkList.tables += part.tables
    return part
