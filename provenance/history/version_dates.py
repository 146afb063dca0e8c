"""Reads what decides the standing of document versions."""

from collections.abc import Collection
from uuid import UUID

from ingestion.models import CatalogueVersion
from provenance.history.standing import VersionDates

DATES = tuple(VersionDates.__dataclass_fields__)


def dates(version: CatalogueVersion) -> VersionDates:
    return VersionDates(**{name: getattr(version, name) for name in DATES})


def dates_of(document_ids: Collection[UUID]) -> list[VersionDates]:
    """Every version of these documents; one query."""
    values = CatalogueVersion.objects.filter(document_id__in=document_ids).values(*DATES)
    return [VersionDates(**value) for value in values]
