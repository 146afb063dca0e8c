"""Reads documents and versions in the shape of the interface, for whoever may see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone

from ingestion.catalogue import UNPLACED, UNTITLED, new_version
from ingestion.documents import stream_of
from ingestion.errors import DocumentUnknown
from ingestion.events import DocumentSubmitted
from ingestion.models import CatalogueDocument, CatalogueVersion, Chunk, Rereading, Stage
from ingestion.texts import AS_PROCESSED, text_as_read
from provenance.accounts.access import Principal
from provenance.eventstore.event_types import name_of
from provenance.eventstore.ids import derived_id
from provenance.eventstore.sealed import reveal_bytes
from provenance.eventstore.store import read_event, read_stream

WITHDRAWN, SUPERSEDED = "withdrawn", "superseded"
STATUSES = (*Stage.values, WITHDRAWN, SUPERSEDED)
# Whatever a withdrawal says, these stay what they are.
FINAL = (Stage.FAILED, Stage.ERASED, Stage.QUARANTINED)

Json = dict[str, Any]


@dataclass(frozen=True)
class DocumentSummary:
    """A document in a list; `submitted_position` orders the list, newest first."""

    document_id: UUID
    external_id: str | None
    title: str
    collection: str
    status: str
    current_version: int | None
    submitted_position: int


def status_of(version: CatalogueVersion, now: datetime) -> str:
    """The status word of a version at an effective time."""
    if version.stage in FINAL:
        return version.stage
    if version.withdrawn and (version.withdrawn_from is None or version.withdrawn_from <= now):
        return WITHDRAWN
    replaced = version.superseded_from is not None and version.superseded_from <= now
    return SUPERSEDED if version.stage == Stage.INDEXED and replaced else version.stage


def represents(version: CatalogueVersion, now: datetime) -> bool:
    """True for the version that stands for its document at an effective time."""
    return (
        status_of(version, now) == Stage.INDEXED
        and (version.effective_from is None or version.effective_from <= now)
        and (version.effective_until is None or now < version.effective_until)
    )


def list_documents(
    *,
    principal: Principal,
    limit: int,
    after: int | None = None,
    collection: str | None = None,
    external_id: str | None = None,
    status: str | None = None,
    q: str | None = None,
) -> list[DocumentSummary]:
    """Up to `limit + 1` documents, newest first, beginning below the position `after`."""
    found = CatalogueDocument.objects.order_by("-submitted_position")
    if principal.collections is not None:
        found = found.filter(collection__in=principal.collections)
    for name, value in (("collection", collection), ("external_id", external_id)):
        if value is not None:
            found = found.filter(**{name: value})
    if after is not None:
        found = found.filter(submitted_position__lt=after)
    if q:
        found = found.filter(Q(title__icontains=q) | Q(external_id__icontains=q))
    if status is not None:
        found = found.filter(_has_status(status))
    documents = list(found[: limit + 1])
    return _summaries(documents)


def read_document(*, principal: Principal, document_id: UUID) -> Json:
    """A document with all its versions, newest first. Raises DocumentUnknown."""
    versions = _versions_of(document_id)
    if not versions or not principal.may_see(versions[0].collection):
        raise DocumentUnknown(f"There is no document {document_id}.")
    now = timezone.now()
    newest = versions[0]
    return {
        "document_id": document_id,
        "external_id": newest.external_id,
        "title": newest.title,
        "collection": newest.collection,
        "status": status_of(newest, now),
        "current_version": _current_number(versions, now),
        "versions": [_version_json(version, now) for version in versions],
    }


def read_version(*, principal: Principal, version_id: UUID) -> Json:
    """A version with all that is said about it. Raises DocumentUnknown."""
    version = visible_version(principal=principal, version_id=version_id)
    return {
        **_version_json(version, timezone.now()),
        "document_id": version.document_id,
        "collection": version.collection,
        "external_id": version.external_id,
        "title": version.title,
        "source_uri": version.source_uri,
        "source_version": version.source_version,
        "file_name": version.file_name,
        "language": version.language,
        "metadata": version.metadata,
        "readings": _readings(version),
    }


def visible_version(*, principal: Principal, version_id: UUID) -> CatalogueVersion:
    """The row; straight from the log while the catalogue is behind. Raises DocumentUnknown."""
    version = CatalogueVersion.objects.filter(version_id=version_id).first()
    if version is None:
        event = read_event(derived_id(version_id, name_of(DocumentSubmitted)))
        version = None if event is None else new_version(event)
    if version is None or not principal.may_see(version.collection):
        raise DocumentUnknown(f"There is no version {version_id}.")
    return version


def content_of(version: CatalogueVersion) -> bytes:
    """The exact bytes that were handed in. Raises DocumentUnknown if they are erased."""
    event = read_event(version.submitted_event_id)
    content = None if event is None else reveal_bytes(event, "content")
    if content is None:
        raise DocumentUnknown("The bytes of this version were erased.")
    return content


def text_of(version: CatalogueVersion, *, reading: str = AS_PROCESSED) -> Json:
    """A text of the version with its pages. Raises DocumentUnknown where there is none."""
    stored = text_as_read(version.version_id, reading)
    if stored is None:
        raise DocumentUnknown(
            f"This version has no text of its own by the reading {reading}."
            if reading
            else "This version has no text: it is not processed, or it failed."
        )
    pages = [{"number": n, "start": start, "end": end} for n, start, end in stored.pages]
    return {"text": stored.text, "pages": pages}


def chunks_of_version(
    version: CatalogueVersion, *, limit: int, after: int | None = None
) -> list[Json]:
    """Up to `limit + 1` passages of the newest processing, in order, after the ordinal `after`."""
    stored = text_as_read(version.version_id)
    if stored is None or version.processing_id is None:
        return []
    found = Chunk.objects.filter(
        version_id=version.version_id,
        processing_id=version.processing_id,
        ordinal__gt=-1 if after is None else after,
    ).order_by("ordinal")
    return [
        {
            "chunk_id": chunk.chunk_id,
            "ordinal": chunk.ordinal,
            "char_start": chunk.start,
            "char_end": chunk.end,
            "page": chunk.page,
            "text": stored.text[chunk.start : chunk.end],
        }
        for chunk in found[: limit + 1]
    ]


def _readings(version: CatalogueVersion) -> list[Json]:
    """What came of reading it anew by other parsers, the newest first."""
    rows = Rereading.objects.filter(version_id=version.version_id).order_by("-position")
    told = ("reading", "extractor", "outcome", "warnings", "reason")
    return list(rows.values(*told))


def _summaries(documents: list[CatalogueDocument]) -> list[DocumentSummary]:
    ids = [document.document_id for document in documents]
    versions: dict[UUID, list[CatalogueVersion]] = {each: [] for each in ids}
    found = CatalogueVersion.objects.filter(document_id__in=ids).order_by("-version_number")
    for version in found.defer("metadata", "warnings", "source_versions"):
        versions[version.document_id].append(version)
    now = timezone.now()
    return [_summary(document, versions[document.document_id], now) for document in documents]


def _summary(
    document: CatalogueDocument, versions: list[CatalogueVersion], now: datetime
) -> DocumentSummary:
    return DocumentSummary(
        document_id=document.document_id,
        external_id=document.external_id,
        title=document.title or UNTITLED,
        collection=document.collection,
        status=status_of(versions[0], now),
        current_version=_current_number(versions, now),
        submitted_position=document.submitted_position,
    )


def _current_number(versions: list[CatalogueVersion], now: datetime) -> int | None:
    return next((each.version_number for each in versions if represents(each, now)), None)


def _versions_of(document_id: UUID) -> list[CatalogueVersion]:
    """All of them, newest first; those that the catalogue has not folded yet, from the log."""
    folded = {
        version.version_id: version
        for version in CatalogueVersion.objects.filter(document_id=document_id)
    }
    for event in read_stream(stream_of(document_id), types=[DocumentSubmitted]):
        if event.data.version_id not in folded:
            folded[event.data.version_id] = new_version(event)
    return sorted(folded.values(), key=lambda each: each.version_number, reverse=True)


def _version_json(version: CatalogueVersion, now: datetime) -> Json:
    position = version.submitted_position
    return {
        "version_id": version.version_id,
        "version_number": version.version_number,
        "status": status_of(version, now),
        "content_sha256": version.content_sha256,
        "media_type": version.media_type,
        "bytes": version.bytes,
        "submitted_at": version.submitted_at,
        "position": None if position == UNPLACED else position,
        "chunks": version.chunks,
        "effective_from": version.effective_from,
        "effective_until": version.effective_until,
        "submitted_by": version.submitted_by,
        "warnings": version.warnings,
        "reason": version.reason,
    }


def _has_status(status: str) -> Q:
    """The document's newest version has that status now."""
    newest = CatalogueVersion.objects.filter(
        document_id=OuterRef("document_id"), version_number=OuterRef("versions")
    )
    ended = Q(withdrawn=True) & (Q(withdrawn_from=None) | Q(withdrawn_from__lte=Now()))
    replaced = Q(superseded_from__isnull=False) & Q(superseded_from__lte=Now())
    if status in FINAL:
        wanted = Q(stage=status)
    elif status == WITHDRAWN:
        wanted = ended & ~Q(stage__in=FINAL)
    elif status == SUPERSEDED:
        wanted = Q(stage=Stage.INDEXED) & replaced & ~ended
    elif status == Stage.INDEXED:
        wanted = Q(stage=Stage.INDEXED) & ~ended & (Q(superseded_from=None) | ~replaced)
    else:
        wanted = Q(stage=status) & ~ended
    return Q(Exists(newest.filter(wanted)))
