"""What is known of documents, as the log tells it, and the store of vectors.

The catalogue's tables are folded from the log together with the index, by one projection of
`retrieval`; the vectors are append-only and no read model.
"""

from typing import ClassVar

from django.db import models


class CatalogueDocument(models.Model):
    """A document, described as its newest version is."""

    document_id = models.UUIDField(primary_key=True)
    collection = models.TextField()
    external_id = models.TextField(null=True)  # noqa: DJ001  absent is not empty
    title = models.TextField()
    submitted_at = models.DateTimeField()
    submitted_position = models.BigIntegerField()
    versions = models.IntegerField()

    class Meta:
        db_table = "ingestion_document"
        indexes = (
            models.Index(
                fields=("-submitted_position", "document_id"), name="ingestion_document_newest"
            ),
            models.Index(fields=("collection", "external_id"), name="ingestion_document_external"),
        )

    def __str__(self) -> str:
        return self.title


class Stage(models.TextChoices):
    """How far a version got. "superseded" and "withdrawn" are no stages: they depend on time."""

    SUBMITTED = "submitted"
    PROCESSED = "processed"
    INDEXED = "indexed"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    ERASED = "erased"


class CatalogueVersion(models.Model):
    """A version of a document, with its newest description and processing.

    `superseded_from` is the first effective time from which a higher known version stands for
    the document, null if there is none; `withdrawn` tells that a withdrawal covers it, from
    `withdrawn_from` on (null: altogether). `quarantined` keeps it out of searches, while it still
    stands before lower versions. `source_versions` lists every one ever stated, the
    newest last.
    """

    version_id = models.UUIDField(primary_key=True)
    document_id = models.UUIDField()
    version_number = models.IntegerField()
    collection = models.TextField()
    stage = models.TextField(choices=Stage.choices)
    title = models.TextField()
    stated_title = models.TextField(null=True)  # noqa: DJ001
    found_title = models.TextField(null=True)  # noqa: DJ001
    external_id = models.TextField(null=True)  # noqa: DJ001
    source_uri = models.TextField(null=True)  # noqa: DJ001
    source_version = models.TextField(null=True)  # noqa: DJ001
    source_versions = models.JSONField()
    file_name = models.TextField(null=True)  # noqa: DJ001
    media_type = models.TextField()
    language = models.TextField(null=True)  # noqa: DJ001
    content_sha256 = models.TextField()
    bytes = models.BigIntegerField()
    metadata = models.JSONField()
    submitted_event_id = models.UUIDField()
    submitted_at = models.DateTimeField()
    submitted_by = models.TextField()
    submitted_position = models.BigIntegerField()
    indexed_position = models.BigIntegerField(null=True)
    processing_id = models.UUIDField(null=True)
    extractor = models.TextField(null=True)  # noqa: DJ001
    chunks = models.IntegerField(null=True)
    effective_from = models.DateTimeField(null=True)
    effective_until = models.DateTimeField(null=True)
    superseded_from = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(default=False)
    withdrawn_from = models.DateTimeField(null=True)
    quarantined = models.BooleanField(default=False, db_default=False)
    erased_at = models.DateTimeField(null=True)
    reason = models.TextField(null=True)  # noqa: DJ001
    warnings = models.JSONField()

    class Meta:
        db_table = "ingestion_version"
        constraints = (
            models.UniqueConstraint(
                fields=("document_id", "version_number"), name="ingestion_version_number"
            ),
        )
        indexes = (
            models.Index(fields=("content_sha256",), name="ingestion_version_content"),
            models.Index(
                fields=("stage",),
                condition=models.Q(stage__in=("submitted", "processed", "failed")),
                name="ingestion_version_unfinished",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.version_number})"


class VersionText(models.Model):
    """The text that a version was processed with; `pages` lists [number, start, end]."""

    version_id = models.UUIDField(primary_key=True)
    text = models.TextField()
    pages = models.JSONField()

    class Meta:
        db_table = "ingestion_text"

    def __str__(self) -> str:
        return str(self.version_id)


class Outcome(models.TextChoices):
    """What came of reading a version anew."""

    CHANGED = "changed"
    SAME = "same"
    FAILED = "failed"


class Rereading(models.Model):
    """What the parsers of a reading made of a version that others had read.

    `text` and `pages` are null where the version keeps the text of its processing; `reason` says
    why, where it could not be read.
    """

    pk = models.CompositePrimaryKey("version_id", "reading")
    version_id = models.UUIDField()
    reading = models.TextField()
    processing_id = models.UUIDField()
    outcome = models.TextField(choices=Outcome.choices)
    extractor = models.TextField()
    text = models.TextField(null=True)  # noqa: DJ001  absent is not empty
    pages = models.JSONField(null=True)
    warnings = models.JSONField()
    reason = models.TextField(null=True)  # noqa: DJ001
    position = models.BigIntegerField()

    class Meta:
        db_table = "ingestion_rereading"
        indexes = (
            models.Index(
                fields=("reading", "outcome", "-position"), name="ingestion_rereading_outcome"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id} by {self.reading}"


class Chunk(models.Model):
    """A passage: `text[start:end]` of its version, in code points; `text_hash` is keyed.

    `chunker` is the name/version of what cut it anew, empty where it is as it was processed.
    `reading` names the text that it is of, empty for the one that the version was processed with.
    """

    chunk_id = models.UUIDField(primary_key=True)
    version_id = models.UUIDField()
    processing_id = models.UUIDField()
    ordinal = models.IntegerField()
    start = models.IntegerField(db_column="char_start")
    end = models.IntegerField(db_column="char_end")
    page = models.IntegerField(null=True)
    text_hash = models.TextField()
    chunker = models.TextField(default="", db_default="")
    reading = models.TextField(default="", db_default="")

    class Meta:
        db_table = "ingestion_chunk"
        indexes = (
            models.Index(fields=("version_id", "ordinal"), name="ingestion_chunk_version"),
            models.Index(fields=("text_hash",), name="ingestion_chunk_text"),
        )

    def __str__(self) -> str:
        return f"{self.version_id}[{self.start}:{self.end}]"


class Vector(models.Model):
    """The vector of a text under a model, as float32 in little-endian order.

    Append-only, but for erasure: `ingestion_erase_vectors_v1` removes what nobody else needs.
    """

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ("model_digest", "text_hash", "vector")

    pk = models.CompositePrimaryKey("model_digest", "text_hash")
    model_digest = models.TextField()
    text_hash = models.TextField()
    vector = models.BinaryField()

    class Meta:
        db_table = "ingestion_vector"
        indexes = (models.Index(fields=("text_hash",), name="ingestion_vector_text"),)

    def __str__(self) -> str:
        return f"{self.model_digest[:12]}/{self.text_hash[:12]}"
