"""Reads documents and versions for pages: what a person may see, with where each stands today."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import Http404

from ingestion.models import CatalogueDocument, CatalogueVersion, Stage
from provenance.accounts.access import Principal
from provenance.history.standing import Standing, VersionDates, standings
from provenance.history.version_dates import dates_of
from provenance.pages.document_statuses import WITHDRAWN


@dataclass(frozen=True)
class DocumentRow:
    """A document as a list shows it."""

    document: CatalogueDocument
    status: str
    current_version: int | None
    failed_version: int | None = None


def visible_documents(principal: Principal) -> QuerySet[CatalogueDocument]:
    documents = CatalogueDocument.objects.all()
    if principal.collections is not None:
        documents = documents.filter(collection__in=principal.collections)
    return documents


def visible_document(principal: Principal, document_id: UUID) -> CatalogueDocument:
    """Raises Http404 for an unknown document and for one of a collection that is kept from them."""
    document = visible_documents(principal).filter(document_id=document_id).first()
    if document is None:
        raise Http404
    return document


def visible_version(principal: Principal, version_id: UUID) -> CatalogueVersion:
    """As `visible_document`."""
    version = CatalogueVersion.objects.filter(version_id=version_id).first()
    if version is None or not principal.may_see(version.collection):
        raise Http404
    return version


def rows(documents: Sequence[CatalogueDocument], now: datetime) -> list[DocumentRow]:
    """One query for the versions of all of them."""
    found = defaultdict(list)
    for version in dates_of({document.document_id for document in documents}):
        found[version.document_id].append(version)
    return [row(document, found[document.document_id], now) for document in documents]


def row(
    document: CatalogueDocument, versions: Sequence[VersionDates], now: datetime
) -> DocumentRow:
    """As `document_statuses.with_status`, with the version in force and a newer one that failed."""
    newest = max(versions, key=lambda each: each.version_number, default=None)
    if newest is None:
        return DocumentRow(document, Stage.SUBMITTED, None)
    found = standings(versions, now)
    today = next((each.today for each in found.values() if each.today), None)
    if today is not None:
        failed = newest.version_number if newest.stage == Stage.FAILED else None
        return DocumentRow(document, Stage.INDEXED, today.version_number, failed)
    kind = found[newest.version_id].kind
    told_by_kind = newest.is_known or kind == WITHDRAWN
    return DocumentRow(document, kind if told_by_kind else newest.stage, None)


def standings_of_documents(document_ids: Iterable[Any], now: datetime) -> dict[str, Standing]:
    """The standing of every version of these documents, by the text of its id; one query."""
    ids = {UUID(str(document_id)) for document_id in document_ids if document_id}
    found = standings(dates_of(ids), now) if ids else {}
    return {str(version_id): standing for version_id, standing in found.items()}


def failed_versions(principal: Principal) -> QuerySet[CatalogueVersion]:
    """Versions that failed and were not replaced by a newer one, newest first."""
    versions = CatalogueVersion.objects.filter(stage=Stage.FAILED)
    if principal.collections is not None:
        versions = versions.filter(collection__in=principal.collections)
    newer = CatalogueVersion.objects.filter(
        document_id=OuterRef("document_id"), version_number__gt=OuterRef("version_number")
    )
    return versions.filter(~Exists(newer)).order_by(F("submitted_position").desc())
