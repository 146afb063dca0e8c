"""How far reviews, cases and queues are; folded from the log. No words about an output are here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from provenance.cases.reviews import Status


class ReviewEntry(models.Model):
    """The review of an output; `position` is that of its newest event, so unique.

    What the rules of a review need to know stands here as they name it.
    """

    output_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    status = models.TextField(choices=[(each.value, each.value) for each in Status])
    version = models.IntegerField()
    last_addition = models.IntegerField()
    round = models.IntegerField()
    assignee = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    answers = models.JSONField()
    open_findings = ArrayField(models.UUIDField())
    signers = ArrayField(models.TextField())
    needed = models.IntegerField()
    findings = models.IntegerField(default=0)
    comments = models.IntegerField(default=0)
    meanings = ArrayField(models.TextField())
    changed_at = models.DateTimeField()
    erased = models.BooleanField(default=False)

    class Meta:
        db_table = "cases_review"
        indexes = (
            models.Index(fields=("status", "-position"), name="cases_review_status"),
            models.Index(fields=("assignee", "-position"), name="cases_review_assignee"),
        )

    def __str__(self) -> str:
        return f"review of {self.output_id}"


class CaseEntry(models.Model):
    """A case as people list it."""

    case_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    title = models.TextField()
    outputs = models.IntegerField(default=0)
    comments = models.IntegerField(default=0)
    assignee = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    held = models.BooleanField(default=False)
    opened_by = models.TextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_case"
        indexes = (
            models.Index(
                fields=("-position",),
                condition=models.Q(closed_at=None),
                name="cases_case_open",
            ),
        )

    def __str__(self) -> str:
        return self.title


class CaseOutput(models.Model):
    """An output in a case, or one that was in it until `removed_at`."""

    pk = models.CompositePrimaryKey("case_id", "output_id")
    case_id = models.UUIDField()
    output_id = models.UUIDField()
    position = models.BigIntegerField(unique=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_case_output"
        indexes = (models.Index(fields=("output_id",), name="cases_case_output_output"),)

    def __str__(self) -> str:
        return f"{self.output_id} in {self.case_id}"


class QueueEntry(models.Model):
    """A queue with its rule, as QueueRule names the parts; it stands while `retired_at` is null."""

    queue_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    name = models.TextField()
    unsupported = models.BooleanField()
    outdated = models.BooleanField()
    application = models.TextField(null=True)  # noqa: DJ001  absent is not empty
    model = models.TextField(null=True)  # noqa: DJ001
    collection = models.TextField(null=True)  # noqa: DJ001
    share = models.IntegerField(null=True)
    defined_by = models.TextField()
    defined_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "cases_queue"

    def __str__(self) -> str:
        return self.name
