"""Answers that relied on wording which no longer stands: the list of people, the feed of keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg, BoolOr
from django.db.models import Min, Q, QuerySet

from provenance.accounts.access import Principal
from provenance.impact.models import StaleAnswer, WordingChange
from provenance.impact.uses import visible
from provenance.projections.models import Progress
from retrieval.recording.models import Relation

# Position where it was found, output, document: unique, and the order of every list.
Place = tuple[int, str, str]
ORDER = ("position", "output_id", "document_id")
# A list says "more than" beyond it.
COUNTED = 1_000


@dataclass(frozen=True)
class Stale:
    """An answer with the passages of one document that it relied on and that do not stand."""

    position: int
    output_id: UUID
    document_id: UUID
    change: int
    kind: str
    at: datetime
    application: str | None
    chunk_ids: list[UUID]
    version_ids: list[UUID]
    cited: bool

    @property
    def place(self) -> Place:
        return self.position, str(self.output_id), str(self.document_id)

    @property
    def relation(self) -> str:
        return Relation.CITED if self.cited else Relation.IN_PROMPT


def matching(
    principal: Principal,
    *,
    application: str | None = None,
    kind: str | None = None,
    document_id: UUID | None = None,
    change: int | None = None,
    since: datetime | None = None,
    after: int | None = None,
    cited: bool = False,
) -> QuerySet[StaleAnswer]:
    """What the principal may see of it and what is given asks for."""
    equal = {
        "application": application,
        "kind": kind,
        "document_id": document_id,
        "change": change,
        "at__gte": since,
        "position__gt": after,
        "relation": Relation.CITED if cited else None,
    }
    given = {name: value for name, value in equal.items() if value is not None}
    return visible(StaleAnswer.objects.filter(**given), principal)


def newest(found: QuerySet[StaleAnswer], *, limit: int, before: Place | None) -> list[Stale]:
    """The next answers below the place, the newest first, and one more than `limit`."""
    rows = found if before is None else found.filter(_beyond(before, "lt"))
    return _answers(rows, [f"-{name}" for name in ORDER], limit)


def oldest(found: QuerySet[StaleAnswer], *, limit: int, after: Place | None) -> list[Stale]:
    """The next answers above the place, the oldest first, and one more than `limit`."""
    rows = found if after is None else found.filter(_beyond(after, "gt"))
    return _answers(rows, list(ORDER), limit)


def count(found: QuerySet[StaleAnswer]) -> int:
    """How many answers, at most one more than COUNTED."""
    return found.order_by().values("output_id").distinct()[: COUNTED + 1].count()


def changes(found: Iterable[Stale]) -> dict[tuple[int, UUID], WordingChange]:
    """What made these answers stale, by position and document; one query."""
    wanted = {(each.change, each.document_id) for each in found}
    rows = WordingChange.objects.filter(position__in={position for position, _ in wanted})
    return {
        (row.position, row.document_id): row
        for row in rows
        if (row.position, row.document_id) in wanted
    }


def of_output(output_id: UUID) -> list[Stale]:
    """What of an output's wording does not stand any more."""
    return _answers(StaleAnswer.objects.filter(output_id=output_id), list(ORDER), limit=50)


def as_json(found: Stale, change: WordingChange | None) -> dict[str, Any]:
    """As the feed and webhooks tell an application: ids and times, never words."""
    return {
        "output_id": found.output_id,
        "application": found.application,
        "relation": found.relation,
        "kind": found.kind,
        "document_id": found.document_id,
        "version_ids": found.version_ids,
        "chunk_ids": found.chunk_ids,
        "standing_version_id": change and change.standing,
        "changed_at": change and change.at,
        "position": found.position,
        "at": found.at,
    }


def reached() -> int:
    """The position that the list has come to; -1 before the first event."""
    found = Progress.objects.filter(name="impact").values_list("position", flat=True).first()
    return -1 if found is None else found


def _answers(rows: QuerySet[StaleAnswer], order: list[str], limit: int) -> list[Stale]:
    # Grouped by the columns of an index alone, so that a page reads no more than it shows.
    found: Iterable[dict[str, Any]] = (
        rows.order_by(*order)
        .values(*ORDER)
        .annotate(
            change=Min("change"), kind=Min("kind"), at=Min("at"), application=Min("application")
        )
    ).annotate(
        chunk_ids=ArrayAgg("chunk_id", order_by="chunk_id"),
        version_ids=ArrayAgg("version_id", distinct=True),
        cited=BoolOr(Q(relation=Relation.CITED)),
    )[: limit + 1]
    return [Stale(**row) for row in found]


def _beyond(place: Place, side: str) -> Q:
    position, output_id, document_id = place
    return (
        Q(**{f"position__{side}": position})
        | Q(**{"position": position, f"output_id__{side}": output_id})
        | Q(
            **{
                "position": position,
                "output_id": output_id,
                f"document_id__{side}": document_id,
            }
        )
    )
