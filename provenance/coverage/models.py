"""What each application recorded on each day, and what of it is wanting; ids and counts only.

A day is one of UTC, by the log's own time. `application` is "" for what no application recorded.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class CoveredRetrieval(models.Model):
    """A retrieval: whether an output came of it, and how many of its passages have no version."""

    retrieval_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    application = models.TextField()
    day = models.DateField()
    recorded_at = models.DateTimeField()
    answered = models.BooleanField(default=False)
    unresolved = models.IntegerField(default=0)

    class Meta:
        db_table = "coverage_retrieval"
        indexes = (
            models.Index(
                fields=("application", "day", "-position"),
                condition=models.Q(answered=False),
                name="coverage_unanswered",
            ),
            models.Index(
                fields=("recorded_at",),
                condition=models.Q(answered=False),
                name="coverage_unanswered_young",
            ),
            models.Index(
                fields=("application", "day", "-position"),
                condition=models.Q(unresolved__gt=0),
                name="coverage_unresolved",
            ),
        )

    def __str__(self) -> str:
        return f"retrieval {self.retrieval_id}"


class CoveredPrompt(models.Model):
    """A prompt: its retrievals, and the longest text between two passages that none returned."""

    prompt_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    application = models.TextField()
    day = models.DateField()
    retrieval_ids = ArrayField(models.UUIDField())
    foreign = models.IntegerField(default=0)

    class Meta:
        db_table = "coverage_prompt"
        indexes = (
            GinIndex(
                fields=("retrieval_ids",), fastupdate=False, name="coverage_prompt_retrievals"
            ),
            models.Index(
                fields=("application", "day", "-position"),
                condition=models.Q(foreign__gt=0),
                name="coverage_foreign",
            ),
        )

    def __str__(self) -> str:
        return f"prompt {self.prompt_id}"


class CoveredOutput(models.Model):
    """An output, and whether its prompt rests on no retrieval."""

    output_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    application = models.TextField()
    day = models.DateField()
    prompt_id = models.UUIDField()
    baseless = models.BooleanField()

    class Meta:
        db_table = "coverage_output"
        indexes = (
            models.Index(fields=("prompt_id",), name="coverage_output_prompt"),
            models.Index(
                fields=("application", "day", "-position"),
                condition=models.Q(baseless=True),
                name="coverage_baseless",
            ),
        )

    def __str__(self) -> str:
        return f"output {self.output_id}"


class CountedRecord(models.Model):
    """A number that an application gave one of its records; `missing` numbers lie before it."""

    pk = models.CompositePrimaryKey("application", "number")
    application = models.TextField()
    number = models.BigIntegerField()
    day = models.DateField()
    recorded_at = models.DateTimeField()
    position = models.BigIntegerField()
    missing = models.BigIntegerField(default=0)

    class Meta:
        db_table = "coverage_number"
        indexes = (
            models.Index(
                fields=("application", "day", "-number"),
                condition=models.Q(missing__gt=0),
                name="coverage_gaps",
            ),
            models.Index(
                fields=("recorded_at",),
                condition=models.Q(missing__gt=0),
                name="coverage_gaps_young",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} {self.number}"


class CoverageDay(models.Model):
    """What an application recorded on a day, and what of it is wanting."""

    pk = models.CompositePrimaryKey("day", "application")
    day = models.DateField()
    application = models.TextField()
    retrievals = models.IntegerField(default=0)
    unanswered = models.IntegerField(default=0)
    unresolved = models.IntegerField(default=0)
    outputs = models.IntegerField(default=0)
    baseless = models.IntegerField(default=0)
    foreign = models.IntegerField(default=0)
    missing = models.BigIntegerField(default=0)

    class Meta:
        db_table = "coverage_day"

    def __str__(self) -> str:
        return f"{self.application} on {self.day}"
