"""What a generation holds while it is loaded, and which versions it waits for.

The loaded rows are no read model: an event makes them part of one, and then they are what a fold
would have made. What is waited for is folded with the pending work.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from pgvector.django import SparseVectorField, VectorField


class LoadingVector(models.Model):
    """The vector of a passage in a generation that is being loaded."""

    in_backups: ClassVar[bool] = False

    pk = models.CompositePrimaryKey("generation", "chunk_id")
    generation = models.IntegerField()
    chunk_id = models.UUIDField()
    version_id = models.UUIDField()
    collection = models.TextField()
    live = models.BooleanField()
    embedding = VectorField()

    class Meta:
        db_table = "retrieval_loading_vector"

    def __str__(self) -> str:
        return f"{self.chunk_id} for generation {self.generation}"


class LoadingTerms(models.Model):
    """The terms of a passage in a generation that is being loaded."""

    in_backups: ClassVar[bool] = False

    pk = models.CompositePrimaryKey("generation", "chunk_id")
    generation = models.IntegerField()
    chunk_id = models.UUIDField()
    version_id = models.UUIDField()
    collection = models.TextField()
    live = models.BooleanField()
    terms = ArrayField(models.IntegerField())
    weights = SparseVectorField()

    class Meta:
        db_table = "retrieval_loading_terms"

    def __str__(self) -> str:
        return f"{self.chunk_id} for generation {self.generation}"


class LoadingStatistic(models.Model):
    """How many live loaded passages hold a term, counted when all are loaded."""

    in_backups: ClassVar[bool] = False

    pk = models.CompositePrimaryKey("generation", "term", "collection")
    generation = models.IntegerField()
    term = models.IntegerField()
    collection = models.TextField()
    chunks = models.IntegerField()

    class Meta:
        db_table = "retrieval_loading_statistic"

    def __str__(self) -> str:
        return f"term {self.term} in {self.collection}: {self.chunks}"


class LoadingProgress(models.Model):
    """How far a generation is with what is being done for it: `done` of `total` in a `phase`.

    The rate is what was done since `since_at`, half a minute ago or so.
    """

    in_backups: ClassVar[bool] = False

    generation = models.IntegerField(primary_key=True)
    phase = models.TextField()
    done = models.BigIntegerField()
    total = models.BigIntegerField()
    updated_at = models.DateTimeField()
    since_at = models.DateTimeField()
    since_done = models.BigIntegerField()
    next_at = models.DateTimeField()
    next_done = models.BigIntegerField()

    class Meta:
        db_table = "retrieval_loading_progress"

    def __str__(self) -> str:
        return f"generation {self.generation}: {self.phase} {self.done} of {self.total}"


class IndexedVersion(models.Model):
    """A version that is known and not erased, with the event that holds its text."""

    version_id = models.UUIDField(primary_key=True)
    document_id = models.UUIDField()
    processed_event_id = models.UUIDField()
    position = models.BigIntegerField()

    class Meta:
        db_table = "retrieval_indexed_version"
        indexes = (models.Index(fields=("document_id",), name="retrieval_indexed_document"),)

    def __str__(self) -> str:
        return str(self.version_id)


class EmbeddedUnder(models.Model):
    """A version whose passages have their vectors under a model, as pending work sees it."""

    pk = models.CompositePrimaryKey("version_id", "model_digest", "chunker", "reading")
    version_id = models.UUIDField()
    model_digest = models.TextField()
    chunker = models.TextField(default="", db_default="")
    reading = models.TextField(default="", db_default="")

    class Meta:
        db_table = "retrieval_embedded_under"

    def __str__(self) -> str:
        return f"{self.version_id} under {self.model_digest}"


class OwedEmbedding(models.Model):
    """A piece of the work that waits: a version that a generation wants read, cut, embedded so."""

    subject_id = models.UUIDField(primary_key=True)
    version_id = models.UUIDField()
    model_digest = models.TextField()
    chunker = models.TextField(default="", db_default="")
    reading = models.TextField(default="", db_default="")

    class Meta:
        db_table = "retrieval_owed_embedding"
        indexes = (
            models.Index(fields=("model_digest", "version_id"), name="retrieval_owed_model"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} under {self.model_digest}"


class WantingGeneration(models.Model):
    """A generation that every known version has to be embedded for."""

    generation = models.IntegerField(primary_key=True)
    embedding_model = models.TextField()
    model_digest = models.TextField()
    chunker = models.TextField(default="", db_default="")
    reading = models.TextField(default="", db_default="")
    building = models.BooleanField()
    paused = models.BooleanField()
    activated = models.BooleanField()

    class Meta:
        db_table = "retrieval_wanting_generation"

    def __str__(self) -> str:
        return f"generation {self.generation} under {self.model_digest}"
