"""What search and pages read of documents, and the append-only vectors of chunk texts."""

from typing import ClassVar

from django.db import models


class CatalogueDocument(models.Model):
    """A document as people list and open it, described as its newest version is."""

    document_id = models.UUIDField(primary_key=True)
    collection = models.TextField()
    external_id = models.TextField(null=True)  # noqa: DJ001  absent is not empty
    title = models.TextField()
    submitted_at = models.DateTimeField()
    submitted_position = models.BigIntegerField()
    updated_position = models.BigIntegerField()

    class Meta:
        db_table = "ingestion_document"
        indexes = (
            models.Index(fields=("-updated_position",), name="ingestion_document_updated"),
            models.Index(fields=("collection", "external_id"), name="ingestion_document_external"),
        )

    def __str__(self) -> str:
        return self.title


class CatalogueVersion(models.Model):
    """A version of a document, how far it is, and when it counts."""

    version_id = models.UUIDField(primary_key=True)
    document_id = models.UUIDField()
    version_number = models.IntegerField()
    collection = models.TextField()
    # submitted | processed | indexed | failed | withdrawn | quarantined | erased
    stage = models.TextField()
    reason = models.TextField(default="")
    reason_code = models.TextField(default="")
    warnings = models.JSONField(default=list)
    title = models.TextField()
    source_uri = models.TextField(null=True)  # noqa: DJ001
    source_version = models.TextField(null=True)  # noqa: DJ001
    file_name = models.TextField(null=True)  # noqa: DJ001
    metadata = models.JSONField(default=dict)
    media_type = models.TextField()
    language = models.TextField(null=True)  # noqa: DJ001
    content_sha256 = models.TextField()
    content_event_id = models.UUIDField()
    bytes = models.BigIntegerField()
    submitted_at = models.DateTimeField()
    submitted_by = models.TextField()
    submitted_position = models.BigIntegerField()
    processing_id = models.UUIDField(null=True)
    text_event_id = models.UUIDField(null=True)
    extractor = models.TextField(default="")
    chunks = models.IntegerField(default=0)
    indexed_position = models.BigIntegerField(null=True)
    indexed_at = models.DateTimeField(null=True)
    effective_from = models.DateTimeField(null=True)
    effective_until = models.DateTimeField(null=True)
    # From this effective time on a higher indexed version stands for the document. Where that is
    # always so, the time is absent and the flag says it.
    superseded = models.BooleanField(default=False)
    superseded_from = models.DateTimeField(null=True)
    superseded_by = models.IntegerField(null=True)
    superseded_at = models.DateTimeField(null=True)
    withdrawn_from = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ingestion_version"
        constraints = (
            models.UniqueConstraint(
                fields=("document_id", "version_number"), name="ingestion_version_number"
            ),
        )
        indexes = (models.Index(fields=("stage",), name="ingestion_version_stage"),)

    def __str__(self) -> str:
        return f"{self.title} v{self.version_number}"


class VersionText(models.Model):
    """The text of a version as it was processed, and where its pages begin and end."""

    version_id = models.UUIDField(primary_key=True)
    processing_id = models.UUIDField()
    text = models.TextField()
    pages = models.JSONField(default=list)

    class Meta:
        db_table = "ingestion_text"

    def __str__(self) -> str:
        return str(self.version_id)


class Chunk(models.Model):
    """A span `[char_start, char_end)` of a version's text, in code points."""

    chunk_id = models.UUIDField(primary_key=True)
    version_id = models.UUIDField()
    processing_id = models.UUIDField()
    ordinal = models.IntegerField()
    char_start = models.IntegerField()
    char_end = models.IntegerField()
    page = models.IntegerField(null=True)
    text_hash = models.TextField()

    class Meta:
        db_table = "ingestion_chunk"
        indexes = (
            models.Index(fields=("version_id", "ordinal"), name="ingestion_chunk_version"),
            models.Index(fields=("text_hash",), name="ingestion_chunk_text"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} [{self.char_start}, {self.char_end})"


class Vector(models.Model):
    """The vector of a distinct chunk text under one model, as little-endian 32-bit floats."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = (
        "model_digest",
        "text_hash",
        "vector",
    )

    pk = models.CompositePrimaryKey("model_digest", "text_hash")
    model_digest = models.TextField()
    text_hash = models.TextField()
    vector = models.BinaryField()

    class Meta:
        db_table = "ingestion_vector"

    def __str__(self) -> str:
        return self.text_hash
