"""What lists, filters and searches of interactions read; folded from the log, plain text inside.

Whatever a destroyed key sealed is empty here too.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

# How words are cut and stemmed; queries must say the same.
SEARCH_CONFIGURATION = "english"
# A question is short enough to be cut into words by the index itself.
QUERY_WORDS = SearchVector("query", config=SEARCH_CONFIGURATION)
QUESTION_WORDS = SearchVector("question", config=SEARCH_CONFIGURATION)

# How much of a text a list shows; it may end inside a word that is longer than others are.
EXCERPT, LONG_WORD = 240, 40


class InteractionRetrieval(models.Model):
    """A retrieval, served here or reported."""

    retrieval_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    application = models.TextField(null=True)  # noqa: DJ001  absent is not empty
    correlation_id = models.UUIDField(null=True)
    query = models.TextField()
    reported = models.BooleanField()
    results = models.IntegerField()
    context = models.JSONField()
    imported = models.BooleanField()

    class Meta:
        db_table = "recording_retrieval"
        indexes = (
            models.Index(fields=("-position",), name="recording_retrieval_newest"),
            models.Index(fields=("application", "-position"), name="recording_retrieval_app"),
            GinIndex(QUERY_WORDS, name="recording_retrieval_words"),
        )

    def __str__(self) -> str:
        return f"retrieval {self.retrieval_id}"


class InteractionPrompt(models.Model):
    """A prompt. `spans` and `absent` are null until it has been mapped."""

    prompt_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField()
    recorded_at = models.DateTimeField()
    application = models.TextField(null=True)  # noqa: DJ001
    correlation_id = models.UUIDField(null=True)
    retrieval_ids = ArrayField(models.UUIDField())
    question = models.TextField()
    context = models.JSONField()
    spans = models.IntegerField(null=True)
    absent = models.IntegerField(null=True)
    imported = models.BooleanField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recording_prompt"
        indexes = (
            models.Index(fields=("-position",), name="recording_prompt_newest"),
            models.Index(fields=("application", "-position"), name="recording_prompt_app"),
            GinIndex(fields=("retrieval_ids",), name="recording_prompt_retrievals"),
            GinIndex(QUESTION_WORDS, name="recording_prompt_words"),
        )

    def __str__(self) -> str:
        return f"prompt {self.prompt_id}"


class InteractionOutput(models.Model):
    """An output with its question, as people list, filter and search it.

    What its own context does not say is taken from its prompt's and its first retrieval's.
    `sentences` and `unsupported` are null until it has been attributed.
    """

    output_id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    recorded_at = models.DateTimeField()
    occurred_at = models.DateTimeField()
    application = models.TextField(null=True)  # noqa: DJ001
    correlation_id = models.UUIDField(null=True)
    prompt_id = models.UUIDField()
    question = models.TextField()
    text = models.TextField()
    model = models.TextField()
    status = models.TextField()
    choice = models.IntegerField()
    replaces = models.UUIDField(null=True)
    conversation_id = models.TextField(null=True)  # noqa: DJ001
    turn = models.IntegerField(null=True)
    parent_output_id = models.UUIDField(null=True)
    user_ref = models.TextField(null=True)  # noqa: DJ001
    subject_refs = ArrayField(models.TextField())
    tags = ArrayField(models.TextField())
    sentences = models.IntegerField(null=True)
    unsupported = models.IntegerField(null=True)
    imported = models.BooleanField()
    erased_at = models.DateTimeField(null=True)
    words = SearchVectorField()

    class Meta:
        db_table = "recording_output"
        indexes = (
            models.Index(fields=("prompt_id",), name="recording_output_prompt"),
            models.Index(fields=("application", "-position"), name="recording_output_application"),
            models.Index(fields=("model", "-position"), name="recording_output_model"),
            models.Index(fields=("recorded_at",), name="recording_output_recorded"),
            models.Index(fields=("conversation_id",), name="recording_output_conversation"),
            models.Index(fields=("user_ref",), name="recording_output_user"),
            GinIndex(fields=("subject_refs",), name="recording_output_subjects"),
            GinIndex(fields=("tags",), name="recording_output_tags"),
            GinIndex(fields=("words",), name="recording_output_words"),
        )

    def __str__(self) -> str:
        return f"output {self.output_id}"

    @property
    def excerpt(self) -> str:
        """The beginning of the text, for a list: whole words, and a mark where more follows."""
        beginning = self.text[:EXCERPT]
        if len(self.text) <= EXCERPT:
            return beginning
        words, _, cut = beginning.rpartition(" ")
        return f"{words if len(cut) < LONG_WORD else beginning}…"


class RetrievalVersion(models.Model):
    """A version that a retrieval returned."""

    pk = models.CompositePrimaryKey("retrieval_id", "version_id")
    retrieval_id = models.UUIDField()
    version_id = models.UUIDField()
    document_id = models.UUIDField()

    class Meta:
        db_table = "recording_retrieval_version"
        indexes = (
            models.Index(fields=("document_id",), name="recording_returned_document"),
            models.Index(fields=("version_id",), name="recording_returned_version"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} in {self.retrieval_id}"


class PromptVersion(models.Model):
    """A version of which a prompt holds something."""

    pk = models.CompositePrimaryKey("prompt_id", "version_id")
    prompt_id = models.UUIDField()
    version_id = models.UUIDField()

    class Meta:
        db_table = "recording_prompt_version"

    def __str__(self) -> str:
        return f"{self.version_id} in {self.prompt_id}"


class Relation(models.TextChoices):
    """How far a version went into an output, the strongest first."""

    CITED = "cited"
    IN_PROMPT = "in_prompt"
    RETRIEVED_ONLY = "retrieved_only"


class VersionOutput(models.Model):
    """The impact of a version: an output that it went into, under the strongest relation."""

    pk = models.CompositePrimaryKey("version_id", "output_id")
    version_id = models.UUIDField()
    output_id = models.UUIDField()
    document_id = models.UUIDField()
    relation = models.TextField(choices=Relation.choices)
    at = models.DateTimeField()
    position = models.BigIntegerField()
    application = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        db_table = "recording_version_output"
        indexes = (
            models.Index(fields=("version_id", "-position"), name="recording_impact_version"),
            models.Index(fields=("document_id", "-position"), name="recording_impact_document"),
            models.Index(fields=("output_id",), name="recording_impact_output"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} {self.relation} {self.output_id}"
