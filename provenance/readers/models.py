"""Who looked at what, who took evidence of it away, and who may look for a while."""

from typing import ClassVar

from django.db import models


class RecordView(models.Model):
    """One look at a record, folded from the log. `exported` says that its evidence was taken away.

    A list or an archive of the log that somebody took has no record: its event stands for it.

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


class GuestEntry(models.Model):
    """A guest as inviters list them, folded from the log; `views` counts what they looked at."""

    guest_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    name = models.TextField()
    case_id = models.UUIDField(null=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    redacted = models.BooleanField()
    invited_by = models.TextField()
    invited_at = models.DateTimeField()
    revoked_by = models.TextField(blank=True, default="")
    revoked_at = models.DateTimeField(null=True)
    entries = models.IntegerField(default=0)
    entered_at = models.DateTimeField(null=True)
    views = models.IntegerField(default=0)

    class Meta:
        db_table = "readers_guest"

    def __str__(self) -> str:
        return self.name


class GuestLink(models.Model):
    """The secret of a guest's link, of which only the SHA-256 is kept; not a read model."""

    guest_id = models.UUIDField(primary_key=True)
    sha256 = models.BinaryField(unique=True)

    class Meta:
        db_table = "readers_guest_link"

    def __str__(self) -> str:
        return f"link of {self.guest_id}"


class GuestSession(models.Model):
    """A browser in which a guest entered, by the SHA-256 of its cookie; not a read model."""

    in_backups: ClassVar[bool] = False

    sha256 = models.BinaryField(primary_key=True)
    guest_id = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "readers_guest_session"
        indexes = (
            models.Index(fields=("guest_id",), name="readers_session_guest"),
            models.Index(fields=("expires_at",), name="readers_session_expiry"),
        )

    def __str__(self) -> str:
        return f"session of {self.guest_id}"
