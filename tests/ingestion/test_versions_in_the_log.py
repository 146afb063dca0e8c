"""What handing in means, from the first bytes to what the catalogue says of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from ingestion import queries
from ingestion.commands import Submitted, retry_document, submit_document, withdraw_document
from ingestion.embedding import embed_version
from ingestion.errors import (
    CurrentVersionMoved,
    DocumentUnknown,
    FieldRefused,
    NothingToRetry,
    SourceVersionReused,
)
from ingestion.models import CatalogueVersion
from ingestion.processing import process_version
from provenance.accounts.access import SYSTEM_PRINCIPAL, Principal
from provenance.accounts.commands import ensure_collection
from provenance.eventstore.recorded import Actor
from provenance.eventstore.store import read_stream

Step = Callable[[], None]

pytestmark = pytest.mark.django_db

FIRST = b"# Leave\n\nAnnual leave is 25 days.\n"
SECOND = b"# Leave\n\nAnnual leave is 28 days.\n"


def hand_in(content: bytes = FIRST, **fields: Any) -> Submitted:
    given: dict[str, Any] = {"external_id": "leave", "media_type": "text/markdown", **fields}
    return submit_document(principal=SYSTEM_PRINCIPAL, content=content, **given)


def stages(document_id: Any) -> list[str]:
    found = queries.read_document(principal=SYSTEM_PRINCIPAL, document_id=document_id)
    return [version["status"] for version in reversed(found["versions"])]


def test_a_document_is_read_cut_embedded_and_known(pipeline: Step) -> None:
    found = hand_in(title="Leave policy", metadata={"team": "HR"})
    assert (found.version_number, found.status, found.unchanged) == (1, "submitted", False)
    pipeline()
    version = queries.visible_version(principal=SYSTEM_PRINCIPAL, version_id=found.version_id)
    assert (version.stage, version.title, version.chunks) == ("indexed", "Leave policy", 1)
    assert version.metadata == {"team": "HR"}
    assert queries.content_of(version) == FIRST
    assert queries.text_of(version) == {"text": FIRST.decode(), "pages": []}
    (chunk,) = queries.chunks_of_version(version, limit=10)
    assert chunk["text"] == FIRST.decode()[chunk["char_start"] : chunk["char_end"]]
    assert (
        queries.read_document(principal=SYSTEM_PRINCIPAL, document_id=found.document_id)[
            "current_version"
        ]
        == 1
    )


def test_a_version_can_be_read_before_the_catalogue_knows_it() -> None:
    found = hand_in()
    assert stages(found.document_id) == ["submitted"]
    version = queries.read_version(principal=SYSTEM_PRINCIPAL, version_id=found.version_id)
    assert (version["status"], version["position"]) == ("submitted", None)


def test_the_same_bytes_are_unchanged_and_record_nothing(pipeline: Step) -> None:
    first = hand_in()
    pipeline()
    before = len(read_stream(f"document-{first.document_id}"))
    again = hand_in()
    assert (again.unchanged, again.described, again.status) == (True, False, "indexed")
    assert again.version_id == first.version_id
    assert len(read_stream(f"document-{first.document_id}")) == before


def test_older_bytes_make_a_new_version(pipeline: Step) -> None:
    numbers = [hand_in(content).version_number for content in (FIRST, SECOND, FIRST)]
    assert numbers == [1, 2, 3]
    pipeline()
    assert stages(hand_in().document_id) == ["superseded", "superseded", "indexed"]


def test_the_same_text_is_embedded_once(pipeline: Step) -> None:
    for content in (FIRST, SECOND, FIRST):
        hand_in(content)
    pipeline()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ingestion_vector")
        assert cursor.fetchone()[0] == 2


def test_other_words_about_the_same_bytes_describe_the_version(pipeline: Step) -> None:
    first = hand_in(title="Leave", metadata={"a": 1})
    pipeline()
    again = hand_in(title="Annual leave", effective_from=date(2026, 1, 1))
    assert (again.unchanged, again.described, again.version_id) == (True, True, first.version_id)
    pipeline()
    version = CatalogueVersion.objects.get(version_id=first.version_id)
    assert (version.title, version.stage) == ("Annual leave", "indexed")
    assert version.metadata == {"a": 1}, "what is not said stays as it was"
    assert version.effective_from == datetime(2026, 1, 1, tzinfo=UTC)


def test_another_source_version_of_the_same_bytes_is_remembered(pipeline: Step) -> None:
    found = hand_in(source_version="r1")
    again = hand_in(source_version="r2")
    assert (again.unchanged, again.described) == (True, False)
    with pytest.raises(SourceVersionReused):
        hand_in(SECOND, source_version="r2")
    pipeline()
    version = CatalogueVersion.objects.get(version_id=found.version_id)
    assert version.source_versions == ["r1", "r2"]


def test_a_source_version_stands_for_its_bytes() -> None:
    hand_in(source_version="r1")
    with pytest.raises(SourceVersionReused):
        hand_in(SECOND, source_version="r1")


def test_if_current_version_must_hold() -> None:
    with pytest.raises(CurrentVersionMoved):
        hand_in(if_current_version=1)
    hand_in(if_current_version=0)
    hand_in(SECOND, if_current_version=1)
    with pytest.raises(CurrentVersionMoved):
        hand_in(FIRST, if_current_version=1)


def test_after_a_withdrawal_any_bytes_make_a_new_version(pipeline: Step) -> None:
    first = hand_in()
    pipeline()
    withdraw_document(principal=SYSTEM_PRINCIPAL, document_id=first.document_id, reason="outdated")
    pipeline()
    assert stages(first.document_id) == ["withdrawn"]
    again = hand_in()
    assert (again.version_number, again.unchanged) == (2, False)
    pipeline()
    assert stages(first.document_id) == ["withdrawn", "indexed"]


def test_a_withdrawal_from_a_later_day_on_changes_nothing_today(pipeline: Step) -> None:
    first = hand_in()
    tomorrow = timezone.now() + timedelta(days=1)
    withdraw_document(
        principal=SYSTEM_PRINCIPAL,
        document_id=first.document_id,
        reason="replaced tomorrow",
        effective_from=tomorrow,
    )
    pipeline()
    version = queries.visible_version(principal=SYSTEM_PRINCIPAL, version_id=first.version_id)
    assert queries.status_of(version, timezone.now()) == "indexed"
    assert queries.status_of(version, tomorrow + timedelta(days=1)) == "withdrawn"


def test_a_version_for_the_future_replaces_nothing_today(pipeline: Step) -> None:
    found = hand_in()
    hand_in(SECOND, effective_from=timezone.now() + timedelta(days=30))
    pipeline()
    assert stages(found.document_id) == ["indexed", "indexed"]
    document = queries.read_document(principal=SYSTEM_PRINCIPAL, document_id=found.document_id)
    assert document["current_version"] == 1


def test_a_day_begins_in_the_time_zone_of_the_collection(pipeline: Step) -> None:
    ensure_collection(name="berlin", principal=SYSTEM_PRINCIPAL, time_zone="Europe/Berlin")
    found = hand_in(collection="berlin", effective_from="2026-07-01")
    pipeline()
    version = CatalogueVersion.objects.get(version_id=found.version_id)
    assert version.effective_from == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_what_cannot_be_read_fails_with_a_reason_and_can_be_tried_again(pipeline: Step) -> None:
    found = hand_in(b"Clause A\0 hidden", media_type="text/plain")
    with pytest.raises(NothingToRetry):
        retry_document(principal=SYSTEM_PRINCIPAL, version_id=found.version_id)
    pipeline()
    version = CatalogueVersion.objects.get(version_id=found.version_id)
    assert version.stage == "failed"
    assert "NUL" in str(version.reason)
    retry_document(principal=SYSTEM_PRINCIPAL, version_id=found.version_id)
    with pytest.raises(NothingToRetry):
        retry_document(principal=SYSTEM_PRINCIPAL, version_id=found.version_id)
    pipeline()
    types = [event.type for event in read_stream(f"document-{found.document_id}")]
    assert types == ["DocumentSubmitted", "DocumentFailed", "DocumentRetried", "DocumentFailed"]
    version.refresh_from_db()
    assert version.stage == "failed"


def test_text_of_another_program_stands_in_for_a_scan(pipeline: Step) -> None:
    text = "Page one.\n\nPage two."
    extracted = {
        "text": text,
        "pages": [{"number": 1, "start": 0, "end": 9}, {"number": 2, "start": 11, "end": 20}],
        "extractor": {"name": "acme-ocr", "version": "4"},
    }
    scan = b"%PDF-1.4 nothing to read"
    failed = hand_in(scan, media_type="application/pdf")
    pipeline()
    assert stages(failed.document_id) == ["failed"]
    found = hand_in(scan, media_type="application/pdf", extracted=extracted)
    assert found.version_number == 2
    pipeline()
    version = queries.visible_version(principal=SYSTEM_PRINCIPAL, version_id=found.version_id)
    assert queries.text_of(version)["text"] == text
    assert version.extractor == "acme-ocr 4"


def test_nothing_is_handed_in_or_seen_across_collections() -> None:
    alice = Principal(
        Actor("api_key", "alice", "app"), frozenset({"ingest"}), frozenset({"alices"})
    )
    with pytest.raises(DocumentUnknown):
        submit_document(principal=alice, content=FIRST, collection="bobs")
    bobs = hand_in(collection="bobs")
    for ask in (
        lambda: queries.read_document(principal=alice, document_id=bobs.document_id),
        lambda: queries.read_version(principal=alice, version_id=bobs.version_id),
        lambda: withdraw_document(principal=alice, document_id=bobs.document_id, reason="x"),
    ):
        with pytest.raises(DocumentUnknown):
            ask()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"content": b""}, "content"),
        ({"title": "a\0b"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"metadata": {"k": "a\0b"}}, "metadata"),
        ({"metadata": {"k": "x" * 20_000}}, "metadata"),
        ({"effective_from": datetime(2026, 1, 1)}, "effective_from"),  # noqa: DTZ001
        ({"effective_from": "2026-02-02", "effective_until": "2026-02-01"}, "effective_until"),
        ({"collection": "  "}, "collection"),
    ],
)
def test_bad_fields_are_named_and_nothing_is_recorded(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        hand_in(**fields)
    assert refused.value.field == field
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM eventstore_event WHERE type LIKE 'Document%'")
        assert cursor.fetchone()[0] == 0


def test_doing_work_twice_records_it_once(pipeline: Step) -> None:
    found = hand_in()
    stream = f"document-{found.document_id}"
    submitted = read_stream(stream)[0]
    process_version(cause_event_id=submitted.event_id)
    process_version(cause_event_id=submitted.event_id)
    processed = read_stream(stream)[1]
    embed_version(cause_event_id=processed.event_id)
    embed_version(cause_event_id=processed.event_id)
    assert [event.type for event in read_stream(stream)] == [
        "DocumentSubmitted",
        "DocumentProcessed",
        "ChunksEmbedded",
        "DocumentIndexed",
    ]
    pipeline()
    assert stages(found.document_id) == ["indexed"]
