"""The tree's tables: stored nodes, never changed, and the one row from which it grows on."""

from typing import ClassVar

from django.db import models


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

    class Meta:
        db_table = "integrity_tree"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="integrity_one_tree"),)

    def __str__(self) -> str:
        return f"{self.size} leaves"
