"""Whose interactions are whose, and how far erasures and holds are; folded from the log."""

from django.db import models


class SubjectRecord(models.Model):
    """A record whose own context names a person or a case, by the reference's keyed hash."""

    pk = models.CompositePrimaryKey("subject_hash", "owner", "record_id")
    subject_hash = models.TextField()
    owner = models.TextField()
    record_id = models.UUIDField()

    class Meta:
        db_table = "review_subject_record"
        indexes = (models.Index(fields=("record_id",), name="review_subject_by_record"),)

    def __str__(self) -> str:
        return f"{self.owner} {self.record_id}"


class ErasureEntry(models.Model):
    """An erasure as people list it; `subject` is empty once it is carried out."""

    erasure_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    status = models.TextField()
    scope = models.TextField()
    subject = models.TextField()
    target_id = models.UUIDField(null=True)
    with_interactions = models.BooleanField()
    reason = models.TextField()
    requested_by = models.TextField()
    requested_at = models.DateTimeField()
    decided_by = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    refusal = models.TextField(blank=True, default="")
    records = models.IntegerField(null=True)
    left_out = models.IntegerField(null=True)
    keys = models.IntegerField(null=True)
    blobs = models.IntegerField(null=True)
    executed_at = models.DateTimeField(null=True)
    vectors = models.IntegerField(null=True)
    events = models.IntegerField(null=True)
    certificate = models.TextField(blank=True, default="")
    signed = models.BooleanField(default=False)
    certified_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_erasure"
        indexes = (models.Index(fields=("-position",), name="review_erasure_newest"),)

    def __str__(self) -> str:
        return f"erasure {self.erasure_id}"


class HoldEntry(models.Model):
    """A legal hold; it stands while `released_at` is null."""

    hold_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    scope = models.TextField()
    subject = models.TextField()
    target_id = models.UUIDField(null=True)
    reason = models.TextField()
    placed_by = models.TextField()
    placed_at = models.DateTimeField()
    released_by = models.TextField(blank=True, default="")
    released_at = models.DateTimeField(null=True)
    release_reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "review_hold"
        indexes = (models.Index(fields=("-position",), name="review_hold_newest"),)

    def __str__(self) -> str:
        return f"hold {self.hold_id}"
