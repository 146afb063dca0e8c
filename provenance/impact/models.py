"""Which passage went into which output, folded from the log; ids and the names of templates only.

The name of a template was sealed with its prompt, and goes with that prompt's key.
"""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from retrieval.recording.models import Relation

# Beyond every id: a place that begins after everything at its position.
LAST = UUID(int=2**128 - 1)


class UsedPassage(models.Model):
    """A passage that a retrieval returned or an output cited, and its place in its version.

    A version that was cited as a whole stands here under its own id. `start` is null where the
    place is not known. `reading` names the text of the version that the place is in.
    """

    chunk_id = models.UUIDField(primary_key=True)
    version_id = models.UUIDField()
    document_id = models.UUIDField()
    reading = models.TextField(default="", db_default="")
    start = models.IntegerField(null=True, db_column="char_start")
    end = models.IntegerField(null=True, db_column="char_end")

    class Meta:
        db_table = "impact_passage"
        indexes = (models.Index(fields=("document_id",), name="impact_passage_document"),)

    def __str__(self) -> str:
        return f"{self.version_id}[{self.start}:{self.end}]"


class RereadProcessing(models.Model):
    """What made passages of a text that was read anew: by it their ids say which text that is."""

    processing_id = models.UUIDField(primary_key=True)
    version_id = models.UUIDField()
    reading = models.TextField()

    class Meta:
        db_table = "impact_reread_processing"
        indexes = (models.Index(fields=("version_id",), name="impact_reread_version"),)

    def __str__(self) -> str:
        return f"{self.version_id} by {self.reading}"


class ReturnedPassage(models.Model):
    """A passage that a retrieval returned."""

    pk = models.CompositePrimaryKey("retrieval_id", "chunk_id")
    retrieval_id = models.UUIDField()
    chunk_id = models.UUIDField()

    class Meta:
        db_table = "impact_returned"

    def __str__(self) -> str:
        return f"{self.chunk_id} in {self.retrieval_id}"


class HeldPassage(models.Model):
    """A passage of which a prompt holds something."""

    pk = models.CompositePrimaryKey("prompt_id", "chunk_id")
    prompt_id = models.UUIDField()
    chunk_id = models.UUIDField()

    class Meta:
        db_table = "impact_held"

    def __str__(self) -> str:
        return f"{self.chunk_id} in {self.prompt_id}"


class UsingPrompt(models.Model):
    """A prompt with its retrievals, and the template that it was made from."""

    prompt_id = models.UUIDField(primary_key=True)
    retrieval_ids = ArrayField(models.UUIDField())
    template_name = models.TextField(null=True)  # noqa: DJ001  absent is not empty
    template_version = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        db_table = "impact_prompt"
        indexes = (
            GinIndex(fields=("retrieval_ids",), fastupdate=False, name="impact_prompt_retrievals"),
        )

    def __str__(self) -> str:
        return f"prompt {self.prompt_id}"


class UsingOutput(models.Model):
    """An output, with the template of its prompt."""

    output_id = models.UUIDField(primary_key=True)
    prompt_id = models.UUIDField()
    at = models.DateTimeField()
    position = models.BigIntegerField(unique=True)
    application = models.TextField(null=True)  # noqa: DJ001
    template_name = models.TextField(null=True)  # noqa: DJ001
    template_version = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        db_table = "impact_output"
        indexes = (
            models.Index(fields=("prompt_id",), name="impact_output_prompt"),
            models.Index(
                fields=("template_name", "template_version", "-position"),
                condition=models.Q(template_name__isnull=False),
                name="impact_output_template",
            ),
        )

    def __str__(self) -> str:
        return f"output {self.output_id}"


class PassageOutput(models.Model):
    """The impact of a passage: an output that it went into, under the strongest relation."""

    pk = models.CompositePrimaryKey("chunk_id", "output_id")
    chunk_id = models.UUIDField()
    output_id = models.UUIDField()
    version_id = models.UUIDField()
    document_id = models.UUIDField()
    relation = models.TextField(choices=Relation.choices)
    at = models.DateTimeField()
    position = models.BigIntegerField()
    application = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        db_table = "impact_passage_output"
        indexes = (
            models.Index(fields=("chunk_id", "-position"), name="impact_by_passage"),
            models.Index(fields=("output_id",), name="impact_by_output"),
        )

    def __str__(self) -> str:
        return f"{self.chunk_id} {self.relation} {self.output_id}"


class ComparedDocument(models.Model):
    """A document as far as opening comparisons needs it: part of the pending work."""

    document_id = models.UUIDField(primary_key=True)
    known = models.BooleanField(default=False)
    dated = models.BooleanField(default=False)

    class Meta:
        db_table = "impact_document"

    def __str__(self) -> str:
        return str(self.document_id)


class ComingDate(models.Model):
    """A date on which another version of the document may come to stand."""

    pk = models.CompositePrimaryKey("document_id", "at")
    document_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        db_table = "impact_coming_date"
        indexes = (models.Index(fields=("at",), name="impact_coming_date_next"),)

    def __str__(self) -> str:
        return f"{self.document_id} at {self.at}"


class ChangeKind(models.TextChoices):
    """Why earlier wording does not stand."""

    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    QUARANTINED = "quarantined"
    EXPIRED = "expired"


class WordingChange(models.Model):
    """A comparison that found wording which stood before and does not any more."""

    pk = models.CompositePrimaryKey("position", "document_id")
    position = models.BigIntegerField()
    document_id = models.UUIDField()
    kind = models.TextField(choices=ChangeKind.choices)
    standing = models.UUIDField(null=True)
    at = models.DateTimeField()
    passages = models.IntegerField()

    class Meta:
        db_table = "impact_change"

    def __str__(self) -> str:
        return f"{self.document_id} {self.kind} at {self.position}"


class OutdatedPassage(models.Model):
    """A stretch of a text of a version whose words do not stand, since the change at `position`."""

    pk = models.CompositePrimaryKey("version_id", "reading", "start", "end")
    version_id = models.UUIDField()
    reading = models.TextField(default="", db_default="")
    start = models.IntegerField(db_column="char_start")
    end = models.IntegerField(db_column="char_end")
    document_id = models.UUIDField()
    position = models.BigIntegerField()
    kind = models.TextField(choices=ChangeKind.choices)

    class Meta:
        db_table = "impact_outdated"
        indexes = (models.Index(fields=("document_id",), name="impact_outdated_document"),)

    def __str__(self) -> str:
        return f"{self.version_id}[{self.start}:{self.end}]"


class StaleAnswer(models.Model):
    """An output that relied on a passage which does not stand any more.

    `position` is where that was found: at the change, or where the output came to rest on wording
    that was outdated already. `change` is the position of the change.
    """

    pk = models.CompositePrimaryKey("output_id", "chunk_id")
    output_id = models.UUIDField()
    chunk_id = models.UUIDField()
    version_id = models.UUIDField()
    document_id = models.UUIDField()
    relation = models.TextField(choices=Relation.choices)
    application = models.TextField(null=True)  # noqa: DJ001
    position = models.BigIntegerField()
    at = models.DateTimeField()
    change = models.BigIntegerField()
    kind = models.TextField(choices=ChangeKind.choices)

    class Meta:
        db_table = "impact_stale"
        indexes = (
            models.Index(fields=("position", "output_id", "document_id"), name="impact_stale_feed"),
            models.Index(
                fields=("application", "position", "output_id", "document_id"),
                name="impact_stale_application",
            ),
            models.Index(fields=("document_id", "position"), name="impact_stale_document"),
        )

    def __str__(self) -> str:
        return f"{self.output_id} rests on {self.chunk_id}"


class WebhookStanding(models.Model):
    """How far an endpoint has been told of stale answers, and what failed; not a read model.

    `problem` is empty while the last message was taken. Lost, it begins again at the present.
    """

    in_backups: ClassVar[bool] = False

    name = models.TextField(primary_key=True)
    position = models.BigIntegerField()
    output_id = models.UUIDField(default=LAST)
    document_id = models.UUIDField(default=LAST)
    told = models.BigIntegerField(default=0)
    attempts = models.IntegerField(default=0)
    reached_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(db_default=Now())
    problem = models.TextField(blank=True, default="")

    class Meta:
        db_table = "impact_webhook"

    def __str__(self) -> str:
        return self.name
