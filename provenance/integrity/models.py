"""The tree's tables: nodes and checkpoints, never changed, and the row from which it grows on."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class TreeNode(models.Model):
    """The root of a perfect subtree at every eighth level, stored once."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ("level", "index", "hash")

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "integrity_node"

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Tree(models.Model):
    """The tree's right edge: its size, its compact range, and how far the log has been read.

    One row, locked by the sequencer; everything in it follows from positions and events.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    compact_range = models.BinaryField(default=b"")
    highest_seq = models.BigIntegerField(default=0)
    positioned_at = models.DateTimeField(null=True)
    sealing_problem = models.TextField(blank=True, default="")

    class Meta:
        db_table = "integrity_tree"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="integrity_one_tree"),)

    def __str__(self) -> str:
        return f"{self.size} leaves"


class LogKey(models.Model):
    """A key that signs checkpoints, from a size of the log on. The newest row signs now."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ("origin", "verifier_key", "since_size")

    id = models.BigIntegerField(primary_key=True)
    origin = models.TextField()
    verifier_key = models.TextField(unique=True)
    since_size = models.BigIntegerField()
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "integrity_log_key"

    def __str__(self) -> str:
        return self.verifier_key


class SealedCheckpoint(models.Model):
    """A checkpoint as it was signed: `note` is the text with the log's own signature."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = (
        "id",
        "origin",
        "size",
        "root",
        "note",
    )

    id = models.BigIntegerField(primary_key=True)
    origin = models.TextField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "integrity_checkpoint"
        indexes = (
            models.Index(fields=("size",), name="integrity_checkpoint_size"),
            models.Index(fields=("sealed_at",), name="integrity_checkpoint_sealed_at"),
        )

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class Cosignature(models.Model):
    """The signature line with which a witness vouches for a checkpoint."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ("checkpoint_id", "witness", "line")

    pk = models.CompositePrimaryKey("checkpoint_id", "witness")
    checkpoint = models.ForeignKey(
        SealedCheckpoint, on_delete=models.DO_NOTHING, related_name="cosignatures"
    )
    witness = models.TextField()
    line = models.TextField()
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "integrity_cosignature"

    def __str__(self) -> str:
        return f"{self.witness} on {self.checkpoint_id}"


class TimeStamp(models.Model):
    """The answer of an RFC 3161 authority over a checkpoint's note, as it came."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = (
        "checkpoint_id",
        "authority",
        "response",
        "stamped_at",
    )

    pk = models.CompositePrimaryKey("checkpoint_id", "authority")
    checkpoint = models.ForeignKey(
        SealedCheckpoint, on_delete=models.DO_NOTHING, related_name="time_stamps"
    )
    authority = models.TextField()
    response = models.BinaryField()
    stamped_at = models.DateTimeField()

    class Meta:
        db_table = "integrity_time_stamp"

    def __str__(self) -> str:
        return f"{self.authority} on {self.checkpoint_id}"


class Attestor(models.Model):
    """A witness or an anchor as it stands: the newest checkpoint that it has, and what failed.

    `problem` is empty while the last try worked. Everything here can be forgotten: what a witness
    vouches for are its cosignatures, and what an anchor holds lies outside.
    """

    in_backups: ClassVar[bool] = False

    pk = models.CompositePrimaryKey("kind", "name")
    kind = models.TextField()
    name = models.TextField()
    size = models.BigIntegerField(default=0)
    checkpoint_id = models.BigIntegerField(default=0)
    reached_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(db_default=Now())
    problem = models.TextField(blank=True, default="")

    class Meta:
        db_table = "integrity_attestor"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
