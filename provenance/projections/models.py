"""How far each read model is, what it parked, and the work that waits."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Progress(models.Model):
    """The newest position that a read model has folded; `problem` says why it stands still."""

    name = models.TextField(primary_key=True)
    version = models.IntegerField()
    position = models.BigIntegerField(default=-1)
    problem = models.TextField(blank=True, default="")
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "projections_progress"

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class ParkedEvent(models.Model):
    """An event that a projection could not fold, or that waits behind one of its stream."""

    pk = models.CompositePrimaryKey("projection", "position")
    projection = models.TextField()
    position = models.BigIntegerField()
    event_id = models.UUIDField()
    stream = models.TextField()
    problem = models.TextField()
    traceback = models.TextField(blank=True)
    attempts = models.IntegerField(default=1)
    retry_at = models.DateTimeField()

    class Meta:
        db_table = "projections_parked_event"

    def __str__(self) -> str:
        return f"{self.projection} {self.position}"


class PendingWork(models.Model):
    """Work that follows from an event and whose result is not in the log yet: a read model."""

    pk = models.CompositePrimaryKey("kind", "subject_id")
    kind = models.TextField()
    subject_id = models.UUIDField()
    queue = models.TextField()
    cause_event_id = models.UUIDField()
    position = models.BigIntegerField()

    class Meta:
        db_table = "projections_pending_work"
        indexes = (models.Index(fields=("queue", "position"), name="projections_pending_queue"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class WorkLease(models.Model):
    """Who works on what until when; not a read model. An expired lease is free to be taken.

    `running` while an attempt has neither succeeded nor failed: one that ends so lost its worker.
    """

    in_backups: ClassVar[bool] = False

    pk = models.CompositePrimaryKey("kind", "subject_id")
    kind = models.TextField()
    subject_id = models.UUIDField()
    cause_event_id = models.UUIDField()
    attempts = models.IntegerField(default=0)
    leased_until = models.DateTimeField()
    token = models.UUIDField()
    running = models.BooleanField(default=False)
    problem = models.TextField(blank=True, default="")

    class Meta:
        db_table = "projections_work_lease"

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"


class RebuildRun(models.Model):
    """The last rebuild of a read model: asked for, under way or ended; not a read model.

    `asked_by` is empty for one from the terminal, which no worker goes on with.
    """

    in_backups: ClassVar[bool] = False

    name = models.TextField(primary_key=True)
    asked_by = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    to_be_stopped = models.BooleanField(default=False)
    outcome = models.TextField(blank=True, default="")
    problem = models.TextField(blank=True, default="")
    written = models.BigIntegerField(default=0)
    removed = models.BigIntegerField(default=0)

    class Meta:
        db_table = "projections_rebuild_run"

    def __str__(self) -> str:
        return f"rebuild of {self.name}"
