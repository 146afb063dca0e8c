"""Takes a whole list away as a file, and records who took which before the first row leaves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from provenance.accounts.access import Principal
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import NewEvent
from provenance.eventstore.sealed import Sealer
from provenance.eventstore.store import append
from provenance.finding.events import FileFormat, ListExported, ListName
from provenance.finding.file_formats import csv_lines, json_lines
from provenance.sealing.keys import key_for

# Rows are read so many at a time, each time after the last: no transaction stays open meanwhile.
BATCH = 1_000
LINES = {"csv": csv_lines, "jsonl": json_lines}


@dataclass(frozen=True)
class Listing:
    """The rows of a list, its columns, and which of them orders it: unique and never null."""

    name: ListName
    rows: QuerySet[Any, Any]
    columns: Sequence[str]
    by: str


def export_list(
    listing: Listing,
    *,
    principal: Principal,
    person_id: UUID,
    filters: Mapping[str, str],
    file_format: FileFormat,
) -> Iterator[bytes]:
    """The lines of the file, the newest row first; the event stands when this returns.

    What is recorded later is not in the file; what is erased while it is read is not either.
    """
    until = listing.rows.aggregate(until=Max(listing.by))["until"]
    rows = listing.rows.filter(**{f"{listing.by}__lte": until or 0})
    _record(
        listing.name,
        until=until,
        rows=rows.order_by().count(),
        principal=principal,
        person_id=person_id,
        filters=filters,
        file_format=file_format,
    )
    return LINES[file_format](listing.columns, _rows(listing, rows))


@transaction.atomic
def _record(
    listed: ListName,
    *,
    rows: int,
    until: int | None,
    principal: Principal,
    person_id: UUID,
    filters: Mapping[str, str],
    file_format: FileFormat,
) -> None:
    event_id = new_id()
    sealer = Sealer(event_id=event_id, key=key_for("subject", person_id))
    exported = NewEvent(
        data=ListExported(
            listed=listed,
            format=file_format,
            filters=sealer.json("filters", dict(filters)),
            rows=rows,
            until=until,
        ),
        stream=f"export-{event_id}",
        event_id=event_id,
        actor=principal.actor,
    )
    append([exported], expected={exported.stream: 0})


def _rows(listing: Listing, rows: QuerySet[Any, Any]) -> Iterator[Sequence[Any]]:
    found = rows.order_by(f"-{listing.by}").values_list(listing.by, *listing.columns)
    batch = list(found[:BATCH])
    while batch:
        for row in batch:
            yield row[1:]
        batch = list(found.filter(**{f"{listing.by}__lt": batch[-1][0]})[:BATCH])
