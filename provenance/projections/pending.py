"""The read model of pending work, folded from the events that ask for work and answer it."""

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from django.db import connection
from django.db.models import Model

from provenance.eventstore.event_types import name_of
from provenance.eventstore.recorded import Recorded
from provenance.projections.models import PendingWork
from provenance.projections.projection import Projection, projection
from provenance.projections.work import WorkKind, work_kinds

Fold = Callable[[Recorded[Any]], None]


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
        # Work is closed before more is opened: one event may do both, one stage after another.
        for kind in work_kinds():
            for event_type, subject in kind.closed_by.items():
                self._folds.setdefault(name_of(event_type), []).append(_closing(kind, subject))
        for kind in work_kinds():
            for event_type, subject in kind.opened_by.items():
                self._folds.setdefault(name_of(event_type), []).append(_opening(kind, subject))


def add_part(part: type[Part]) -> type[Part]:
    """Registers a part, folded before the events that open and close work by themselves."""
    PendingWorkList.declared_parts += (part,)
    PendingWorkList.tables += part.tables
    return part


def _opening(kind: WorkKind, subject: Callable[[Recorded[Any]], Any]) -> Fold:
    def open_work(event: Recorded[Any]) -> None:
        subject_id = subject(event)
        if subject_id is not None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO projections_pending_work"
                    " (kind, subject_id, queue, cause_event_id, position)"
                    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (kind, subject_id) DO UPDATE"
                    " SET cause_event_id = excluded.cause_event_id, position = excluded.position",
                    [kind.name, subject_id, kind.queue, event.event_id, event.place],
                )

    return open_work


def _closing(kind: WorkKind, subject: Callable[[Recorded[Any]], Any]) -> Fold:
    def close_work(event: Recorded[Any]) -> None:
        subject_id = subject(event)
        if subject_id is not None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM projections_pending_work WHERE kind = %s AND subject_id = %s",
                    [kind.name, subject_id],
                )

    return close_work
