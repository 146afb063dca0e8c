"""The catalogue of documents: what the events say of each document, version, text and passage.

A part of the projection that search reads; `retrieval` folds it with the index.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from ingestion.chunks import chunks_of
from ingestion.documents import description_in, open_description_in
from ingestion.events import (
    DocumentDescribed,
    DocumentFailed,
    DocumentIndexed,
    DocumentProcessed,
    DocumentQuarantined,
    DocumentRecut,
    DocumentReleased,
    DocumentReread,
    DocumentRetried,
    DocumentSubmitted,
    DocumentWithdrawn,
)
from ingestion.models import CatalogueDocument, CatalogueVersion, Chunk, Stage, VersionText
from ingestion.moments import from_text
from ingestion.texts import ReadText, text_of_processing
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.listings import read_listing
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.projections.projection import handles
from provenance.projections.rows import put

UNTITLED = "Untitled document"
ERASED_TITLE = "Erased document"
# A higher version without `effective_from` stands for the document at every time.
ALWAYS = datetime(1, 1, 2, tzinfo=UTC)
# Only in rows that are made from an event which has no position yet; they are never saved.
UNPLACED = -1
BATCH = 1000


class DocumentCatalogue:
    """One row for each document, version, text and passage."""

    tables: tuple[type[Model], ...] = (CatalogueDocument, CatalogueVersion, VersionText, Chunk)

    @handles(DocumentSubmitted)
    def add_version(self, event: Recorded[DocumentSubmitted]) -> None:
        version = new_version(event)
        version.save(force_insert=True)
        document = CatalogueDocument(
            document_id=version.document_id,
            external_id=version.external_id,
            title=version.title,
            versions=version.version_number,
            collection=version.collection,
            submitted_at=version.submitted_at,
            submitted_position=version.submitted_position,
        )
        put(document, only=("external_id", "title", "versions"))

    @handles(DocumentDescribed)
    def describe_version(self, event: Recorded[DocumentDescribed]) -> None:
        version = _version(event.data.version_id)
        described = description_in(event)
        _describe(version, open_description_in(event) if described is None else described)
        if described is None:
            _forget_words(version)
        if version.source_version and version.source_version not in version.source_versions:
            version.source_versions = [*version.source_versions, version.source_version]
        version.save()
        _show_newest(version)
        _supersede(version.document_id)

    @handles(DocumentProcessed)
    def add_text(self, event: Recorded[DocumentProcessed]) -> None:
        data = event.data
        version = _version(data.version_id)
        _reach(version, Stage.PROCESSED)
        version.reason = None
        version.processing_id = data.processing_id
        version.extractor = f"{data.extractor.name} {data.extractor.version}"
        version.language = version.language or data.language
        version.warnings = data.warnings
        version.chunks = data.spans.length
        text = reveal_text(event, "text")
        if text is None:
            _forget_words(version)
        else:
            version.found_title = reveal_text(event, "title")
            version.title = _title_of(version)
            _add_passages(event, text)
        version.save()
        _show_newest(version)

    @handles(DocumentRecut)
    def add_cut(self, event: Recorded[DocumentRecut]) -> None:
        """Further passages beside those that are there: what was said of them stays true."""
        text = text_of_processing(event.data.version_id, event.data.cut_from)
        if text is not None:
            label = f"{event.data.chunker.name}/{event.data.chunker.version}"
            add_chunks(event.data, text, chunker=label)

    @handles(DocumentIndexed)
    def make_known(self, event: Recorded[DocumentIndexed]) -> None:
        version = _version(event.data.version_id)
        _reach(version, Stage.INDEXED)
        version.indexed_position = event.place
        version.save(update_fields=["stage", "indexed_position"])
        _supersede(version.document_id)

    @handles(DocumentFailed)
    def mark_failed(self, event: Recorded[DocumentFailed]) -> None:
        version = _version(event.data.version_id)
        _reach(version, Stage.FAILED)
        version.reason = event.data.reason
        version.save()

    @handles(DocumentRetried)
    def mark_retried(self, event: Recorded[DocumentRetried]) -> None:
        version = _version(event.data.version_id)
        _reach(version, Stage.SUBMITTED)
        version.reason = None
        version.save()

    @handles(DocumentWithdrawn)
    def withdraw_versions(self, event: Recorded[DocumentWithdrawn]) -> None:
        begins = from_text(event.data.effective_from)
        for version in CatalogueVersion.objects.filter(document_id=event.data.document_id):
            ends = [version.withdrawn_from, begins] if version.withdrawn else [begins]
            # A withdrawal altogether is the strongest, else the earliest counts.
            version.withdrawn_from = None if None in ends else min(end for end in ends if end)
            version.withdrawn = True
            version.save()

    @handles(DocumentQuarantined)
    def quarantine_version(self, event: Recorded[DocumentQuarantined]) -> None:
        version = _version(event.data.version_id)
        version.quarantined = True
        _reach(version, Stage.QUARANTINED)
        version.save()

    @handles(DocumentReleased)
    def release_version(self, event: Recorded[DocumentReleased]) -> None:
        version = _version(event.data.version_id)
        version.quarantined = False
        _reach(version, _reached(version))
        version.save()

    @handles(SubjectKeyDestroyed)
    def erase_document(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        """Leaves what a rebuild makes of the document now that nothing of it can be read."""
        if event.data.owner != "document":
            return
        document_id = event.data.owner_id
        versions = list(CatalogueVersion.objects.filter(document_id=document_id))
        for version in versions:
            _forget_words(version)
            version.erased_at = event.recorded_at
            version.save()
        ids = [version.version_id for version in versions]
        VersionText.objects.filter(version_id__in=ids).delete()
        Chunk.objects.filter(version_id__in=ids).delete()
        CatalogueDocument.objects.filter(document_id=document_id).update(
            title=ERASED_TITLE, external_id=None
        )


def new_version(event: Recorded[DocumentSubmitted]) -> CatalogueVersion:
    """The row of a version that was just handed in, not saved."""
    data = event.data
    version = CatalogueVersion(
        version_id=data.version_id,
        document_id=data.document_id,
        version_number=data.version_number,
        collection=data.collection,
        stage=Stage.SUBMITTED,
        media_type=data.media_type,
        bytes=data.bytes,
        content_sha256="",
        source_versions=[],
        metadata={},
        warnings=[],
        submitted_event_id=event.event_id,
        submitted_at=event.recorded_at,
        submitted_by=event.actor.application or f"{event.actor.type} {event.actor.id}",
        submitted_position=UNPLACED if event.position is None else event.position,
    )
    described = description_in(event)
    if described is None:
        _describe(version, open_description_in(event))
        _forget_words(version)
        return version
    _describe(version, described)
    version.content_sha256 = described["content_sha256"]
    version.source_versions = [version.source_version] if version.source_version else []
    return version


def _describe(version: CatalogueVersion, described: dict[str, Any]) -> None:
    version.stated_title = described.get("title")
    version.external_id = described.get("external_id")
    version.source_uri = described.get("source_uri")
    version.source_version = described.get("source_version")
    version.file_name = described.get("file_name")
    version.language = described.get("language") or version.language
    version.metadata = described.get("metadata") or {}
    version.effective_from = from_text(described.get("effective_from"))
    version.effective_until = from_text(described.get("effective_until"))
    version.title = _title_of(version)


def _forget_words(version: CatalogueVersion) -> None:
    """Empties all that a person wrote; dates, sizes and counts stay."""
    version.stage, version.title = Stage.ERASED, ERASED_TITLE
    version.stated_title = version.found_title = version.external_id = version.file_name = None
    version.source_uri = version.source_version = None
    version.content_sha256, version.source_versions, version.metadata = "", [], {}


def _title_of(version: CatalogueVersion) -> str:
    named = (version.stated_title, version.found_title, version.file_name, version.external_id)
    return next((name for name in named if name), UNTITLED)


def _add_passages(event: Recorded[DocumentProcessed], text: str) -> None:
    data = event.data
    pages = read_listing(data.pages)
    put(VersionText(version_id=data.version_id, text=text, pages=pages))
    add_chunks(data, ReadText("", text, pages), chunker="")


def add_chunks(
    data: DocumentProcessed | DocumentReread | DocumentRecut, of: ReadText, *, chunker: str
) -> None:
    """The passages that the event says the text has."""
    passages = chunks_of(
        version_id=data.version_id,
        processing_id=data.processing_id,
        text=of.text,
        spans=read_listing(data.spans),
        pages=of.pages,
    )
    Chunk.objects.bulk_create(
        (
            Chunk(
                chunk_id=passage.chunk_id,
                version_id=data.version_id,
                processing_id=data.processing_id,
                ordinal=passage.ordinal,
                start=passage.char_start,
                end=passage.char_end,
                page=passage.page,
                text_hash=passage.text_hash,
                chunker=chunker,
                reading=of.reading,
            )
            for passage in passages
        ),
        batch_size=BATCH,
    )


def _reach(version: CatalogueVersion, stage: Stage) -> None:
    """What is erased stays so; what is in quarantine too, unless it fails."""
    if version.stage == Stage.ERASED:
        return
    kept = version.quarantined and stage != Stage.FAILED
    version.stage = Stage.QUARANTINED if kept else stage


def _reached(version: CatalogueVersion) -> Stage:
    """How far a version came by the time that it is released."""
    if version.indexed_position is not None:
        return Stage.INDEXED
    if version.stage == Stage.FAILED:
        return Stage.FAILED
    return Stage.SUBMITTED if version.processing_id is None else Stage.PROCESSED


def _version(version_id: UUID) -> CatalogueVersion:
    return CatalogueVersion.objects.get(version_id=version_id)


def _show_newest(version: CatalogueVersion) -> None:
    """A document is shown as its newest version is described."""
    CatalogueDocument.objects.filter(
        document_id=version.document_id, versions=version.version_number
    ).update(title=version.title, external_id=version.external_id)


def _supersede(document_id: UUID) -> None:
    """From when on a higher known version stands for the document, for each of its versions."""
    versions = CatalogueVersion.objects.filter(document_id=document_id).order_by("-version_number")
    earliest: datetime | None = None
    for version in versions:
        if version.superseded_from != earliest:
            version.superseded_from = earliest
            version.save(update_fields=["superseded_from"])
        if version.indexed_position is not None:
            begins = version.effective_from or ALWAYS
            earliest = begins if earliest is None else min(earliest, begins)
