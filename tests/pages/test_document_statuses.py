"""Every document has exactly one status, and lists, counts and rows agree on it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from ingestion.models import CatalogueDocument, CatalogueVersion, Stage
from provenance.pages import catalogue, document_statuses

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 1, tzinfo=UTC)
PAST, FUTURE = timezone.now() - timedelta(days=9), timezone.now() + timedelta(days=9)
INDEXED: dict[str, Any] = {"stage": Stage.INDEXED, "indexed_position": 5}
FAILED: dict[str, Any] = {"stage": Stage.FAILED}

CASES: dict[str, list[dict[str, Any]]] = {
    "indexed": [INDEXED],
    "upcoming": [INDEXED | {"effective_from": FUTURE}],
    "submitted": [{"stage": Stage.SUBMITTED}],
    "processed": [{"stage": Stage.PROCESSED}],
    "failed": [FAILED],
    "expired": [INDEXED | {"superseded_from": PAST}, INDEXED | {"effective_until": PAST}],
    "withdrawn": [INDEXED | {"withdrawn": True, "withdrawn_from": PAST}],
    "quarantined": [{"stage": Stage.QUARANTINED, "indexed_position": 5}],
    "erased": [{"stage": Stage.ERASED, "indexed_position": 5}],
}
FAILED_AGAIN = [INDEXED, FAILED]
_numbers = count(1)


def document(versions: list[dict[str, Any]]) -> CatalogueDocument:
    number = next(_numbers)
    document_id = UUID(int=number << 8)
    for version_number, version in enumerate(versions, start=1):
        CatalogueVersion.objects.create(
            version_id=UUID(int=(number << 8) + version_number),
            document_id=document_id,
            version_number=version_number,
            submitted_event_id=UUID(int=1),
            **{"submitted_at": AT, "submitted_position": number, "bytes": 1, **version},
            source_versions=[],
            metadata={},
            warnings=[],
        )
    return CatalogueDocument.objects.create(
        document_id=document_id,
        submitted_at=AT,
        submitted_position=number,
        versions=len(versions),
    )


@pytest.mark.parametrize("status", CASES)
def test_a_document_is_listed_under_the_one_status_that_its_row_shows(status: str) -> None:
    found = document(CASES[status])
    (row,) = catalogue.rows([found], timezone.now())
    assert row.status == status
    everything = CatalogueDocument.objects.all()
    under = [
        each
        for each in document_statuses.STATUSES
        if document_statuses.of_status(everything, each).exists()
    ]
    assert under == [status]


def test_the_counts_sum_to_all_documents() -> None:
    for versions in [*CASES.values(), FAILED_AGAIN]:
        document(versions)
    counted = dict(document_statuses.counted_by_status(CatalogueDocument.objects.all()))
    assert counted == {status: 2 if status == "indexed" else 1 for status in CASES}
    assert sum(counted.values()) == CatalogueDocument.objects.count()


def test_a_document_stays_searchable_and_is_found_where_its_newest_version_failed() -> None:
    document([INDEXED])
    found = document(FAILED_AGAIN)
    (row,) = catalogue.rows([found], timezone.now())
    assert (row.status, row.current_version, row.failed_version) == ("indexed", 1, 2)
    listed = document_statuses.of_status(
        CatalogueDocument.objects.all(), document_statuses.NEWEST_FAILED
    )
    assert list(listed) == [found]
