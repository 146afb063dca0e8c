"""The one status of every document, as lists filter and count by it; the database computes it."""

from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_noop

from ingestion.models import CatalogueDocument, CatalogueVersion, Stage

EXPIRED, UPCOMING, WITHDRAWN = "expired", "upcoming", "withdrawn"
STATUSES = (
    Stage.INDEXED.value,
    UPCOMING,
    Stage.SUBMITTED.value,
    Stage.PROCESSED.value,
    Stage.FAILED.value,
    EXPIRED,
    WITHDRAWN,
    Stage.QUARANTINED.value,
    Stage.ERASED.value,
)
# Beside the statuses: an older version may stay searchable after the newest one failed.
NEWEST_FAILED = "newest-failed"
CHOICES = (
    *((status, "searchable" if status == Stage.INDEXED else status) for status in STATUSES),
    (NEWEST_FAILED, gettext_noop("newest version failed")),
)

_IN_FORCE = (
    Q(stage=Stage.INDEXED)
    & (Q(effective_from=None) | Q(effective_from__lte=Now()))
    & (Q(effective_until=None) | Q(effective_until__gt=Now()))
    & (Q(superseded_from=None) | Q(superseded_from__gt=Now()))
    & (Q(withdrawn=False) | Q(withdrawn_from__gt=Now()))
)


def with_status(documents: QuerySet[CatalogueDocument]) -> QuerySet[Any]:
    """`status`: indexed if a version is in force, else how the newest version stands."""
    versions = CatalogueVersion.objects.filter(document_id=OuterRef("document_id"))
    newest = versions.order_by("-version_number").annotate(
        told=Case(
            When(
                Q(withdrawn=True) & (Q(withdrawn_from=None) | Q(withdrawn_from__lte=Now())),
                then=Value(WITHDRAWN),
            ),
            When(~Q(stage=Stage.INDEXED), then=F("stage")),
            When(effective_until__lte=Now(), then=Value(EXPIRED)),
            default=Value(UPCOMING),
            output_field=TextField(),
        )
    )
    return documents.annotate(
        status=Case(
            When(Exists(versions.filter(_IN_FORCE)), then=Value(Stage.INDEXED.value)),
            default=Coalesce(Subquery(newest.values("told")[:1]), Value(Stage.SUBMITTED.value)),
            output_field=TextField(),
        )
    )


def of_status(documents: QuerySet[CatalogueDocument], wanted: str) -> QuerySet[CatalogueDocument]:
    """The documents of one of STATUSES, or of NEWEST_FAILED; all of them for another word."""
    if wanted == NEWEST_FAILED:
        versions = CatalogueVersion.objects.filter(document_id=OuterRef("document_id"))
        stage = Subquery(versions.order_by("-version_number").values("stage")[:1])
        return documents.alias(newest_stage=stage).filter(newest_stage=Stage.FAILED)
    return with_status(documents).filter(status=wanted) if wanted in STATUSES else documents


def counted_by_status(documents: QuerySet[CatalogueDocument]) -> list[tuple[str, int]]:
    """How many documents stand how; the counts sum to all of them, those of none are left out."""
    counted = with_status(documents).order_by().values("status").annotate(count=Count("pk"))
    found = dict(counted.values_list("status", "count"))
    return [(status, found[status]) for status in STATUSES if status in found]
