"""The answers that rest on something: pages of them, and how they divide.

What they rest on is named by a query that gives each output once, under `Use`'s names.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    QuerySet,
    TextField,
    UUIDField,
    Value,
    When,
)

from ingestion.models import CatalogueVersion, Chunk
from provenance.accounts.access import Principal
from provenance.impact.models import PassageOutput, UsingOutput
from retrieval.recording.models import Relation
from retrieval.recording.queries import visible_impact, visible_outputs

# More are not counted: it would take longer than a page may.
COUNTED = 10_000
STRENGTH = Case(
    *(When(relation=relation, then=index) for index, relation in enumerate(Relation.values)),
    output_field=IntegerField(),
)
COLUMNS = ("output_id", "version_id", "relation", "at", "position", "application")
NO_VERSION = Value(None, output_field=UUIDField())
NO_RELATION = Value(None, output_field=TextField())

M = TypeVar("M", bound=Model)
Uses = QuerySet[Any, dict[str, Any]]


@dataclass(frozen=True)
class Use:
    """An output that rests on something. For a model or template no version and no relation."""

    output_id: UUID
    version_id: UUID | None
    relation: str | None
    at: datetime
    position: int
    application: str | None


@dataclass(frozen=True)
class Tally:
    """How the newest outputs divide; `days` counts [relied on, only retrieved] by day.

    `capped` tells that there are more than were counted.
    """

    relations: Counter[str | None]
    applications: Counter[str | None]
    days: dict[date, list[int]]
    capped: bool

    @property
    def outputs(self) -> int:
        return self.relations.total()


def of_version(version_id: UUID, principal: Principal) -> Uses:
    return _rows(visible_impact(principal).filter(version_id=version_id))


def of_document(document_id: UUID, principal: Principal) -> Uses:
    """Of an output that several versions went into, the version that went in furthest."""
    return _strongest(visible_impact(principal).filter(document_id=document_id))


def of_passage(chunk_id: UUID, version_id: UUID, principal: Principal) -> Uses:
    found = PassageOutput.objects.filter(chunk_id=chunk_id, version_id=version_id)
    return _rows(visible(found, principal))


def of_wording(chunk_ids: Collection[UUID], principal: Principal) -> Uses:
    found = PassageOutput.objects.filter(chunk_id__in=chunk_ids)
    return _strongest(visible(found, principal))


def of_model(model: str, principal: Principal) -> Uses:
    found = visible_outputs(principal).filter(model=model)
    return _without_version(found.annotate(at=F("recorded_at")))


def of_template(name: str, version: str | None, principal: Principal) -> Uses:
    found = UsingOutput.objects.filter(template_name=name)
    if version is not None:
        found = found.filter(template_version=version)
    return _without_version(visible(found, principal))


def same_wording(chunk_id: UUID) -> list[UUID]:
    """The passage, and those of the same words in other versions of its document."""
    chunk = Chunk.objects.filter(chunk_id=chunk_id).first()
    if chunk is None:
        return [chunk_id]
    version = CatalogueVersion.objects.get(version_id=chunk.version_id)
    siblings = CatalogueVersion.objects.filter(document_id=version.document_id)
    equal = Chunk.objects.filter(
        text_hash=chunk.text_hash, version_id__in=siblings.values("version_id")
    )
    return sorted({chunk_id, *equal.values_list("chunk_id", flat=True)})


def page_of(
    uses: Uses,
    *,
    limit: int,
    after: int | None = None,
    relation: str | None = None,
    application: str | None = None,
) -> list[Use]:
    """The next outputs below the position `after`, the newest first, and one more than `limit`."""
    used, parameters = _as_table(uses)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM {used} WHERE (%s::bigint IS NULL OR position < %s)"  # noqa: S608
            " AND (%s::text IS NULL OR relation = %s)"
            " AND (%s::text IS NULL OR application = %s) ORDER BY position DESC LIMIT %s",
            [*parameters, after, after, relation, relation, application, application, limit + 1],
        )
        return [Use(*row) for row in cursor.fetchall()]


def tally(uses: Uses) -> Tally:
    """One query, and a second one where there are more than COUNTED outputs."""
    counted = _tallied(_counts(uses, ""))
    return _tallied(_counts(uses, "ORDER BY position DESC")) if counted.capped else counted


def _counts(uses: Uses, order: str) -> list[tuple[str | None, str | None, date, int]]:
    """Of any COUNTED outputs, or of the newest; putting them in order costs as much again."""
    used, parameters = _as_table(uses)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relation, application, (at AT TIME ZONE 'UTC')::date, count(*)"  # noqa: S608
            f" FROM (SELECT * FROM {used} {order} LIMIT %s) AS counted GROUP BY 1, 2, 3",
            [*parameters, COUNTED],
        )
        return list(cursor.fetchall())


def _tallied(rows: Collection[tuple[str | None, str | None, date, int]]) -> Tally:
    found = Tally(Counter(), Counter(), {}, capped=sum(row[3] for row in rows) >= COUNTED)
    for relation, application, day, count in rows:
        found.relations[relation] += count
        found.applications[application] += count
        only_retrieved = relation == Relation.RETRIEVED_ONLY
        found.days.setdefault(day, [0, 0])[only_retrieved] += count
    return found


def visible(rows: QuerySet[M], principal: Principal) -> QuerySet[M]:
    if not principal.reads_all_applications:
        rows = rows.filter(application=principal.application)
    if principal.collections is not None:
        outputs = visible_outputs(principal).filter(output_id=OuterRef("output_id"))
        rows = rows.filter(Exists(outputs))
    return rows


def _strongest(rows: QuerySet[M]) -> Uses:
    ordered = rows.annotate(strength=STRENGTH).order_by("-position", "strength")
    return _rows(ordered.distinct("position"))


def _rows(rows: QuerySet[Any]) -> Uses:
    return rows.values(*COLUMNS)


def _without_version(rows: QuerySet[Any]) -> Uses:
    return _rows(rows.annotate(version_id=NO_VERSION, relation=NO_RELATION))


def _as_table(uses: Uses) -> tuple[str, tuple[Any, ...]]:
    statement, parameters = uses.query.sql_with_params()
    return f"({statement}) AS used({', '.join(COLUMNS)})", parameters
