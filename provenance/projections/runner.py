"""Folds the log into one read model, batch by batch, rows and progress in one transaction."""

import traceback
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
import structlog
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    transaction,
)
from django.utils import timezone

from provenance.eventstore import event_types, store
from provenance.eventstore.driver import driver_cursor
from provenance.eventstore.errors import EventReleased
from provenance.eventstore.event_types import UnknownEventType
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import prefetched_keys
from provenance.projections.models import ParkedEvent, Progress
from provenance.projections.projection import Projection

log = structlog.get_logger()

BATCH_POSITIONS = 500
FIRST_RETRY = timedelta(seconds=1)
LAST_RETRY = timedelta(minutes=10)


BEGIN = (
    "INSERT INTO projections_progress (name, version, position, problem)"
    " VALUES (%s, %s, -1, '') ON CONFLICT DO NOTHING"
)
LOCK = (
    "SELECT version, position, (SELECT COALESCE(max(position), -1) FROM eventstore_position),"
    " EXISTS (SELECT FROM projections_parked_event WHERE projection = p.name)"
    " FROM projections_progress AS p WHERE name = %s FOR UPDATE"
)
MOVE = (
    "UPDATE projections_progress SET position = %s, problem = '', updated_at = now()"
    " WHERE name = %s"
)
SETTLED = """
    SELECT name, version FROM projections_progress AS p
    WHERE position >= (SELECT COALESCE(max(position), -1) FROM eventstore_position)
      AND NOT EXISTS (SELECT FROM projections_parked_event
                      WHERE projection = p.name AND retry_at <= now())
"""
# An event of an unknown type concerns everybody: it stops a read model, and is never passed over.
UNCONCERNED = """
    UPDATE projections_progress AS p SET position = head.position, problem = '', updated_at = now()
    FROM (SELECT max(position) AS position FROM eventstore_position) AS head,
         jsonb_to_recordset(%(concerns)s::jsonb) AS c (name text, version integer, types text[])
    WHERE p.name = c.name AND p.version = c.version
      AND p.position < head.position AND p.position >= head.position - %(most)s
      AND NOT EXISTS (
          SELECT FROM eventstore_position AS n JOIN eventstore_event AS e USING (seq)
          WHERE n.position > p.position AND n.position <= head.position
            AND (e.type = ANY(c.types) OR e.type <> ALL(%(known)s)))
    RETURNING p.name
"""


class Place(NamedTuple):
    """How far a read model is, where the log ends, and whether anything is parked."""

    position: int
    head: int
    parked: bool


class ProjectionStopped(Exception):
    """A read model stands still until its problem is solved; nothing was skipped."""


def settled() -> set[tuple[str, int]]:
    """Name and version of the read models at the end of the log with nothing parked that is due.

    One query for all of them: catching up locks a row of each, and most of the time finds nothing.
    """
    with driver_cursor() as cursor:
        return set(cursor.execute(SETTLED).fetchall())


def pass_over(behind: Sequence[Projection]) -> set[str]:
    """Moves the read models that fold nothing of what lies before them to the end of the log.

    One statement for all of them: most events concern few read models. Returns their names.
    """
    concerns = [
        {"name": each.name, "version": each.version, "types": sorted(each.event_names())}
        for each in behind
    ]
    parameters = {
        "concerns": orjson.dumps(concerns).decode(),
        "known": sorted(event_types.known_names()),
        "most": BATCH_POSITIONS,
    }
    with driver_cursor() as cursor:
        return {name for (name,) in cursor.execute(UNCONCERNED, parameters).fetchall()}


def catch_up(projection: Projection) -> int:
    """Folds the next batch; returns by how many positions the read model moved.

    Raises ProjectionStopped, after having noted the problem beside the progress.
    """
    moved, parked = _fold_next_or_stop(projection)
    if parked:
        _retry_parked(projection)
    return moved


def _fold_next_or_stop(projection: Projection) -> tuple[int, bool]:
    try:
        return _fold_next(projection, one_by_one=False)
    except (OperationalError, InterfaceError):
        raise
    except (UnknownEventType, EventReleased) as error:
        raise _stopped(projection, error) from error
    except Exception as error:  # noqa: BLE001  whatever a fold raises is parked or stops it
        log.warning("fold failed", projection=projection.name, error=repr(error))
    try:
        return _fold_next(projection, one_by_one=True)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        raise _stopped(projection, error) from error


@transaction.atomic
def _fold_next(projection: Projection, *, one_by_one: bool) -> tuple[int, bool]:
    """By how many positions the read model moved, and whether something was parked before."""
    place = _locked_place(projection)
    until = min(place.head, place.position + BATCH_POSITIONS)
    if until <= place.position:
        return 0, place.parked
    events = read_batch(projection, after=place.position, until=until)
    waiting = _parked_streams(projection) if place.parked else set()
    with prefetched_keys(events):
        if one_by_one or waiting:
            _fold_one_by_one(projection, events, waiting)
        else:
            projection.fold_batch(events)
    with driver_cursor() as cursor:
        cursor.execute(MOVE, [until, projection.name])
    return until - place.position, place.parked


def read_batch(projection: Projection, *, after: int, until: int) -> list[Recorded[Any]]:
    """The events of the range that the projection folds. Raises UnknownEventType, EventReleased."""
    return store.read_known_positions(
        after=after,
        until=until,
        types=projection.event_names(),
        known=event_types.known_names(),
    )


def _locked_place(projection: Projection) -> Place:
    """The place, its row locked until the transaction ends, and made on first use.

    Raises ProjectionStopped if the rows were folded by another version of the projection.
    """
    with driver_cursor() as cursor:
        rows = cursor.execute(LOCK, [projection.name]).fetchall()
        if not rows:
            cursor.execute(BEGIN, [projection.name, projection.version])
            rows = cursor.execute(LOCK, [projection.name]).fetchall()
    ((version, *place),) = rows
    if version != projection.version:
        raise ProjectionStopped(
            f"{projection.name} was folded by version {version}, this is version"
            f" {projection.version}: run manage.py rebuild_projection {projection.name}."
        )
    return Place(*place)


def _fold_one_by_one(
    projection: Projection, events: Sequence[Recorded[Any]], waiting: set[str]
) -> None:
    for event in events:
        if event.stream in waiting:
            _park(projection, event, problem="Waits for an earlier event of its stream.")
            continue
        try:
            with transaction.atomic():
                projection.fold(event)
        except (OperationalError, InterfaceError, UnknownEventType):
            raise
        except Exception as error:
            if not projection.parks:
                raise
            waiting.add(event.stream)
            _park(projection, event, problem=repr(error), trace=traceback.format_exc())


def _park(projection: Projection, event: Recorded[Any], *, problem: str, trace: str = "") -> None:
    log.error("event parked", projection=projection.name, position=event.place, problem=problem)
    ParkedEvent.objects.create(
        projection=projection.name,
        position=event.place,
        event_id=event.event_id,
        stream=event.stream,
        problem=problem,
        traceback=trace,
        retry_at=timezone.now() + FIRST_RETRY,
    )


def _parked_streams(projection: Projection) -> set[str]:
    return set(
        ParkedEvent.objects.filter(projection=projection.name)
        .values_list("stream", flat=True)
        .distinct()
    )


def _retry_parked(projection: Projection) -> None:
    """Folds what is parked and due, in order; a stream's later events wait for its first."""
    due = ParkedEvent.objects.filter(projection=projection.name, retry_at__lte=timezone.now())
    if not due.exists():
        return
    blocked: set[str] = set()
    for parked in ParkedEvent.objects.filter(projection=projection.name).order_by("position"):
        if parked.stream not in blocked and not _folds_now(projection, parked):
            blocked.add(parked.stream)


def _folds_now(projection: Projection, parked: ParkedEvent) -> bool:
    event = store.read_event(parked.event_id)
    if event is None:
        raise ProjectionStopped(f"The parked event {parked.event_id} is not in the log.")
    try:
        with transaction.atomic():
            _locked_place(projection)
            projection.fold(event)
            parked.delete()
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, Exception) as error:  # noqa: BLE001  it stays parked, with its reason
        parked.attempts += 1
        parked.problem, parked.traceback = repr(error), traceback.format_exc()
        delay = min(FIRST_RETRY * 2 ** min(parked.attempts, 16), LAST_RETRY)
        parked.retry_at = timezone.now() + delay
        parked.save()
        return False
    return True


def _stopped(projection: Projection, error: Exception) -> ProjectionStopped:
    problem = str(error) or repr(error)
    Progress.objects.update_or_create(
        name=projection.name,
        defaults={"problem": problem},
        create_defaults={"version": projection.version, "problem": problem},
    )
    log.error("read model stopped", projection=projection.name, problem=problem)
    return ProjectionStopped(f"{projection.name}: {problem}")
