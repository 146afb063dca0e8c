"""Hands in, withdraws and retries documents: each command decides, then records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ingestion.documents import (
    DocumentStream,
    document_id_of,
    read_document,
    stream_of,
    successor_of,
)
from ingestion.errors import DocumentUnknown, FieldRefused, NothingToRetry
from ingestion.events import (
    DocumentDescribed,
    DocumentRetried,
    DocumentSubmitted,
    DocumentWithdrawn,
)
from ingestion.models import CatalogueVersion, Stage
from ingestion.moments import DEFAULT_TIME_ZONE, Moment, as_text, instant
from ingestion.queries import visible_version
from ingestion.submission import (
    HandedInFile,
    checked_file,
    checked_metadata,
    checked_names,
    checked_times,
)
from ingestion.versions import Described, NewVersion, Submission, Unchanged, decide
from provenance.accounts.access import Principal
from provenance.accounts.commands import NameRefused, ensure_collection
from provenance.accounts.models import Collection
from provenance.eventstore.event_types import EventData
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.recorded import NewEvent, Recorded
from provenance.eventstore.sealed import Sealer
from provenance.eventstore.store import append, decides_again
from provenance.sealing.keys import KeyDestroyed, key_for

# What stands in the sealed description; the rest of it is no personal text.
SEALED = ("external_id", "title", "source_uri", "source_version", "file_name", "metadata")


@dataclass(frozen=True)
class Submitted:
    """What became of what was handed in. `unchanged`: no new bytes; `described`: other words."""

    document_id: UUID
    version_id: UUID
    version_number: int
    content_sha256: str
    status: str
    unchanged: bool
    described: bool


@dataclass(frozen=True)
class Withdrawn:
    """A withdrawal that is in the log; absent `effective_from` ends the versions altogether."""

    document_id: UUID
    status: str
    effective_from: datetime | None


def submit_document(
    *,
    principal: Principal,
    content: bytes,
    collection: str = "default",
    external_id: str | None = None,
    title: str | None = None,
    source_uri: str | None = None,
    source_version: str | None = None,
    media_type: str | None = None,
    file_name: str | None = None,
    extracted: Mapping[str, Any] | None = None,
    language: str | None = None,
    effective_from: Moment = None,
    effective_until: Moment = None,
    if_current_version: int | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Submitted:
    """Records a new version, a new description, or nothing if nothing is new.

    After an erasure the same name makes a new document: the erased one takes nothing any more.

    What is absent stays as it was described. `extracted` has the members of the interface.
    Raises SubmissionRefused, UnsupportedMediaType, DocumentUnknown.
    """
    if not principal.may_see(collection):
        raise DocumentUnknown(f"There is no collection {collection!r} for this key.")
    file = checked_file(content, media_type=media_type, file_name=file_name, extracted=extracted)
    described: dict[str, Any] = checked_names(
        external_id=external_id,
        title=title,
        source_uri=source_uri,
        source_version=source_version,
        file_name=file_name,
        language=language,
    )
    if metadata is not None:
        described["metadata"] = checked_metadata(metadata)
    document_id = document_id_of(collection, external_id)
    while True:
        try:
            return _submit(
                principal=principal,
                file=file,
                collection=collection,
                document_id=document_id,
                described=described,
                times=(effective_from, effective_until),
                if_current_version=if_current_version,
            )
        except KeyDestroyed:
            document_id = successor_of(document_id)


@decides_again
@transaction.atomic
def _submit(
    *,
    principal: Principal,
    file: HandedInFile,
    collection: str,
    document_id: UUID,
    described: dict[str, Any],
    times: tuple[Moment, Moment],
    if_current_version: int | None,
) -> Submitted:
    known = Collection.objects.filter(name=collection).first()
    time_zone = known.time_zone if known else DEFAULT_TIME_ZONE
    dates = checked_times(begins=times[0], ends=times[1], time_zone=time_zone)
    document = read_document(document_id)
    if document.events:
        key_for("document", document_id)
    submission = Submission(
        content_keyed_hash=file.keyed_hash,
        extracted_keyed_hash=file.extracted.keyed_hash if file.extracted else None,
        source_version_keyed_hash=_source_version_hash(document_id, described),
        if_current_version=if_current_version,
        described={**described, **dates},
    )
    decision = decide(document.history, submission, described_now=document.description())
    match decision:
        case NewVersion(number):
            if known is None:
                _create_collection(collection, principal)
            version_id = new_id()
            event_id = derived_id(version_id, "DocumentSubmitted")
            sealer = Sealer(event_id=event_id, key=key_for("document", document_id))
            data: EventData = DocumentSubmitted(
                document_id=document_id,
                version_id=version_id,
                version_number=number,
                collection=collection,
                source_version_keyed_hash=submission.source_version_keyed_hash,
                **_sealed_file(sealer, file),
                **_sealed_description(sealer, submission.described, file.sha256),
            )
            _append(document, data, event_id=event_id, principal=principal)
            return Submitted(
                document_id=document_id,
                version_id=version_id,
                version_number=number,
                content_sha256=file.sha256,
                status=Stage.SUBMITTED,
                unchanged=False,
                described=False,
            )
        case Described(version, description, told):
            event_id = new_id()
            sealer = Sealer(event_id=event_id, key=key_for("document", document_id))
            data = DocumentDescribed(
                document_id=document_id,
                version_id=version.version_id,
                source_version_keyed_hash=_source_version_hash(document_id, description),
                **_sealed_description(sealer, description, file.sha256),
            )
            _append(document, data, event_id=event_id, principal=principal)
        case Unchanged(version):
            told = False
    return Submitted(
        document_id=document_id,
        version_id=version.version_id,
        version_number=version.number,
        content_sha256=file.sha256,
        status=_stage_of(version.version_id),
        unchanged=True,
        described=told,
    )


@decides_again
@transaction.atomic
def withdraw_document(
    *, principal: Principal, document_id: UUID, reason: str, effective_from: Moment = None
) -> Withdrawn:
    """Ends every version handed in so far. Raises DocumentUnknown, FieldRefused."""
    document = _visible(document_id, principal)
    checked_names(reason=reason)
    zone = Collection.objects.filter(name=document.collection).values_list("time_zone", flat=True)
    begins = instant(
        effective_from, field="effective_from", time_zone=zone.first() or DEFAULT_TIME_ZONE
    )
    event_id = new_id()
    sealer = Sealer(event_id=event_id, key=key_for("document", document_id))
    data = DocumentWithdrawn(
        document_id=document_id,
        reason=sealer.text("reason", reason),
        effective_from=as_text(begins),
    )
    _append(document, data, event_id=event_id, principal=principal)
    return Withdrawn(document_id, "withdrawn", begins)


@decides_again
@transaction.atomic
def retry_document(*, principal: Principal, version_id: UUID) -> None:
    """Asks to process a failed version again. Raises DocumentUnknown, NothingToRetry."""
    row = visible_version(principal=principal, version_id=version_id)
    document = _visible(row.document_id, principal)
    version = document.history.version(version_id)
    if version is None or not version.failed:
        raise NothingToRetry("Only a version that failed can be tried again.")
    data = DocumentRetried(document_id=row.document_id, version_id=version_id)
    _append(document, data, event_id=new_id(), principal=principal)


def _visible(document_id: UUID, principal: Principal) -> DocumentStream:
    document = read_document(document_id)
    if document.collection is None or not principal.may_see(document.collection):
        raise DocumentUnknown(f"There is no document {document_id}.")
    return document


def _append(
    document: DocumentStream, data: EventData, *, event_id: UUID, principal: Principal
) -> Recorded[Any]:
    stream = stream_of(document.document_id)
    event = NewEvent(data=data, stream=stream, event_id=event_id, actor=principal.actor)
    return append([event], expected={stream: document.head})[0]


def _sealed_file(sealer: Sealer, file: HandedInFile) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "media_type": file.media_type,
        "bytes": len(file.content),
        "content": sealer.bytes("content", file.content),
        "content_keyed_hash": file.keyed_hash,
    }
    if file.extracted is not None:
        fields["extracted"] = sealer.json("extracted", file.extracted.as_json())
        fields["extracted_keyed_hash"] = file.extracted.keyed_hash
        fields["extractor"] = file.extracted.extractor
    return fields


def _sealed_description(
    sealer: Sealer, described: Mapping[str, Any], content_sha256: str
) -> dict[str, Any]:
    sealed = {name: described[name] for name in SEALED if described.get(name) is not None}
    sealed["content_sha256"] = content_sha256
    return {
        "described": sealer.json("described", sealed),
        "language": described.get("language"),
        "effective_from": described.get("effective_from"),
        "effective_until": described.get("effective_until"),
    }


def _source_version_hash(document_id: UUID, described: Mapping[str, Any]) -> str | None:
    """Keyed by the document too: equal names of different documents must not look alike."""
    name = described.get("source_version")
    return None if name is None else keyed_hash(f"{document_id}/{name}", purpose="source_version")


def _create_collection(name: str, principal: Principal) -> None:
    try:
        ensure_collection(name=name, principal=principal)
    except NameRefused as error:
        raise FieldRefused("collection", str(error)) from error


def _stage_of(version_id: UUID) -> str:
    """The log was faster than the catalogue if the version is not there yet."""
    row = CatalogueVersion.objects.filter(version_id=version_id).only("stage").first()
    return row.stage if row else Stage.SUBMITTED
