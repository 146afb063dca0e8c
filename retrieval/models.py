"""What search reads: index generations, when which version counts, vectors, terms, statistics.

All of it is folded from the log by one projection, in one transaction.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from pgvector.django import SparseVectorField, VectorField

from retrieval.generations import loading_models

assert loading_models  # noqa: S101  further tables of this application


class State(models.TextChoices):
    """How an index generation stands. The last three have no rows."""

    BUILDING = "building"
    BUILT = "built"
    VERIFIED = "verified"
    ACTIVE = "active"
    RETIRED = "retired"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DROPPED = "dropped"


# The generations that can be searched, and whose rows the fold keeps up to date.
SEARCHABLE = (State.BUILT, State.VERIFIED, State.ACTIVE, State.RETIRED)
ENDED = (State.CANCELLED, State.FAILED, State.DROPPED)


class IndexGeneration(models.Model):
    """An index for one embedding model and one configuration.

    `root`, `versions` and `chunks` are those of the last time that it was built or verified, up to
    `built_position` or `verified_position`. `problem` says why it failed. `chunker` cut its
    passages anew, `reading` is the label of the parsers that read its texts anew; where they are
    empty, texts and passages are as they were processed.
    """

    generation = models.IntegerField(primary_key=True)
    embedding_model = models.TextField()
    model_digest = models.TextField()
    chunker = models.TextField(default="", db_default="")
    reading = models.TextField(default="", db_default="")
    dimensions = models.IntegerField()
    configuration = models.JSONField()
    started_position = models.BigIntegerField()
    activated_position = models.BigIntegerField(null=True)
    state = models.TextField(choices=State.choices)
    paused = models.BooleanField(default=False)
    activate_when_verified = models.BooleanField(default=False)
    activation_requested_by = models.TextField(default="")
    built_position = models.BigIntegerField(null=True)
    verified_position = models.BigIntegerField(null=True)
    versions = models.IntegerField(null=True)
    chunks = models.IntegerField(null=True)
    root = models.TextField(default="")
    problem = models.TextField(default="")

    class Meta:
        db_table = "retrieval_generation"

    def __str__(self) -> str:
        return f"generation {self.generation} ({self.embedding_model})"


class KnowledgeState(models.Model):
    """One row: the active generation, and the span of effective time in which `live` holds.

    `clock` is the latest moment that the folded events know of. No version comes into force or
    expires between `settled_from` and `settled_until`, which lie around the clock; null is without
    limit. A search for a moment outside reads the validity of versions instead of `live`.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    generation = models.IntegerField(null=True)
    clock = models.DateTimeField(null=True)
    settled_from = models.DateTimeField(null=True)
    settled_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "retrieval_state"
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="retrieval_one_state"),
        )

    def __str__(self) -> str:
        return f"settled from {self.settled_from} until {self.settled_until}"


class VersionValidity(models.Model):
    """A rectangle: from one position to another, a version counts in a range of effective time.

    It also holds how the version was described in that range of positions. `live` marks what
    counts now.
    """

    pk = models.CompositePrimaryKey("version_id", "known_from")
    version_id = models.UUIDField()
    known_from = models.BigIntegerField()
    known_to = models.BigIntegerField(null=True)
    effective_from = models.DateTimeField(null=True)
    effective_to = models.DateTimeField(null=True)
    live = models.BooleanField()
    document_id = models.UUIDField()
    version_number = models.IntegerField()
    collection = models.TextField()
    chunks = models.IntegerField()
    title = models.TextField(null=True)  # noqa: DJ001  absent is not empty
    source_uri = models.TextField(null=True)  # noqa: DJ001
    metadata = models.JSONField()

    class Meta:
        db_table = "retrieval_validity"
        indexes = (
            models.Index(fields=("document_id",), name="retrieval_validity_document"),
            models.Index(
                fields=("collection",),
                condition=models.Q(live=True),
                name="retrieval_validity_live",
            ),
            models.Index(
                fields=("effective_from",),
                condition=models.Q(known_to=None, effective_from__isnull=False),
                name="retrieval_validity_begins",
            ),
            models.Index(
                fields=("effective_to",),
                condition=models.Q(known_to=None, effective_to__isnull=False),
                name="retrieval_validity_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id} from position {self.known_from}"


class DocumentWithdrawal(models.Model):
    """A withdrawal as the two clocks need it."""

    pk = models.CompositePrimaryKey("document_id", "position")
    document_id = models.UUIDField()
    position = models.BigIntegerField()
    effective_from = models.DateTimeField(null=True)

    class Meta:
        db_table = "retrieval_withdrawal"

    def __str__(self) -> str:
        return f"{self.document_id} at position {self.position}"


class EmbeddedVersion(models.Model):
    """A version whose passages, as a generation wants them, have all their vectors under a model.

    They are those of the processing, whatever read or cut it.
    """

    pk = models.CompositePrimaryKey("version_id", "model_digest", "chunker", "reading")
    version_id = models.UUIDField()
    model_digest = models.TextField()
    chunker = models.TextField(default="", db_default="")
    reading = models.TextField(default="", db_default="")
    processing_id = models.UUIDField()

    class Meta:
        db_table = "retrieval_embedded_version"
        indexes = (models.Index(fields=("model_digest",), name="retrieval_embedded_model"),)

    def __str__(self) -> str:
        return f"{self.version_id} under {self.model_digest}"


class Passage(models.Model):
    """The words of a passage: the text of its version and reading in `[char_start, char_end)`."""

    chunk_id = models.UUIDField(primary_key=True)
    version_id = models.UUIDField()
    reading = models.TextField(default="", db_default="")
    char_start = models.IntegerField()
    char_end = models.IntegerField()
    page = models.IntegerField(null=True)
    text = models.TextField()

    class Meta:
        db_table = "retrieval_passage"
        indexes = (models.Index(fields=("version_id",), name="retrieval_passage_version"),)

    def __str__(self) -> str:
        return str(self.chunk_id)


class ChunkVector(models.Model):
    """The vector of a passage; partitioned by generation, with no text beside it."""

    pk = models.CompositePrimaryKey("generation", "chunk_id")
    generation = models.IntegerField()
    chunk_id = models.UUIDField()
    version_id = models.UUIDField()
    collection = models.TextField()
    live = models.BooleanField()
    embedding = VectorField()

    class Meta:
        db_table = "retrieval_vector"

    def __str__(self) -> str:
        return f"{self.chunk_id} in generation {self.generation}"


class ChunkTerms(models.Model):
    """The terms of a passage and their BM25 weights; partitioned by generation."""

    pk = models.CompositePrimaryKey("generation", "chunk_id")
    generation = models.IntegerField()
    chunk_id = models.UUIDField()
    version_id = models.UUIDField()
    collection = models.TextField()
    live = models.BooleanField()
    terms = ArrayField(models.IntegerField())
    weights = SparseVectorField()

    class Meta:
        db_table = "retrieval_terms"

    def __str__(self) -> str:
        return f"{self.chunk_id} in generation {self.generation}"


class TermStatistic(models.Model):
    """How many live passages of a collection hold a term; term 0 counts all its live passages."""

    pk = models.CompositePrimaryKey("generation", "term", "collection")
    generation = models.IntegerField()
    term = models.IntegerField()
    collection = models.TextField()
    chunks = models.IntegerField()

    class Meta:
        db_table = "retrieval_term_statistic"

    def __str__(self) -> str:
        return f"term {self.term} in {self.collection}: {self.chunks}"
