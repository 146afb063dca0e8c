"""Who looked at what, and who took evidence of it away; folded from the log, ids only."""

from django.db import models


class RecordView(models.Model):
    """One look at a record, folded from the log. `exported` says that its evidence was taken away.

    Evidence of several outputs is a row for each: `leading` marks the first of them, by which
    lists of more than one record show it, and `records` counts them.
    """

    pk = models.CompositePrimaryKey("position", "record_id")
    position = models.BigIntegerField()
    record_id = models.UUIDField()
    kind = models.TextField()
    viewer = models.TextField()
    at = models.DateTimeField()
    exported = models.BooleanField()
    leading = models.BooleanField()
    records = models.IntegerField()

    class Meta:
        db_table = "readers_view"
        indexes = (
            models.Index(fields=("record_id", "-position"), name="readers_view_record"),
            models.Index(
                fields=("viewer", "-position"),
                condition=models.Q(leading=True),
                name="readers_view_viewer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.viewer} looked at {self.kind} {self.record_id}"


class RecordViewer(models.Model):
    """How often somebody looked at a record, and took its evidence; `last_at` of either."""

    pk = models.CompositePrimaryKey("record_id", "viewer")
    record_id = models.UUIDField()
    viewer = models.TextField()
    views = models.IntegerField()
    exports = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "readers_viewer"

    def __str__(self) -> str:
        return f"{self.viewer} at {self.record_id}"
