"""The log's tables as Django sees them: for reading only, and append-only in the database."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One event. `canonical` is the truth; the other columns are copies for queries.

    The table also has `xid xid8`, declared before `seq` so that a writer owns its transaction id
    before it draws a number: the sequencer's rule for holes rests on that order.
    """

    append_only_insert_columns: ClassVar[tuple[str, ...]] = (
        "event_id",
        "stream",
        "stream_version",
        "type",
        "correlation_id",
        "causation_id",
        "recorded_at",
        "canonical",
    )

    event_id = models.UUIDField(unique=True)
    stream = models.TextField()
    stream_version = models.IntegerField()
    type = models.TextField()
    correlation_id = models.UUIDField(null=True)
    causation_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    canonical = models.BinaryField()
    seq = models.BigIntegerField(primary_key=True)

    class Meta:
        db_table = "eventstore_event"
        constraints = (
            models.UniqueConstraint(
                fields=("stream", "stream_version"), name="eventstore_event_stream_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


class Position(models.Model):
    """The dense place of an event in the log, its Merkle leaf, and when it got that place."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = (
        "position",
        "seq",
        "leaf_hash",
        "positioned_at",
    )

    position = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(unique=True)
    leaf_hash = models.BinaryField()
    positioned_at = models.DateTimeField()

    class Meta:
        db_table = "eventstore_position"

    def __str__(self) -> str:
        return str(self.position)


class Blob(models.Model):
    """Long bytes under their SHA-256."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ("digest", "data")

    digest = models.BinaryField(primary_key=True)
    data = models.BinaryField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "eventstore_blob"

    def __str__(self) -> str:
        return bytes(self.digest).hex()


class ErasedBlob(models.Model):
    """A blob that was erased with its key; only the database's own function adds one."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ()

    digest = models.BinaryField(primary_key=True)
    kid = models.TextField()
    erased_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "eventstore_erased_blob"

    def __str__(self) -> str:
        return bytes(self.digest).hex()


class ReleasedRun(models.Model):
    """Positions `[first, until)` whose bytes left for an archive, by a RangeReleased of the log.

    They may have been put back since. Only the database's own function adds one.
    """

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ()

    pk = models.CompositePrimaryKey("first", "event_id")
    event_id = models.UUIDField()
    first = models.BigIntegerField()
    until = models.BigIntegerField()
    archive_sha256 = models.TextField()
    released_at = models.DateTimeField()

    class Meta:
        db_table = "eventstore_released_run"

    def __str__(self) -> str:
        return f"{self.first} to {self.until}"


class ReleasedBlob(models.Model):
    """A sealed part that left along with the event at a position."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ()

    digest = models.BinaryField(primary_key=True)
    position = models.BigIntegerField()

    class Meta:
        db_table = "eventstore_released_blob"

    def __str__(self) -> str:
        return bytes(self.digest).hex()
