"""People, API keys and collections. Every change of them is an event of the same transaction."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Role(models.TextChoices):
    """What a person may do: auditors read, reviewers also work, administrators also administer."""

    ADMINISTRATOR = "administrator"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


class User(AbstractUser):
    """A person who signs in. `collections` names what the person may see; null means all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.TextField(choices=Role.choices, default=Role.AUDITOR)
    collections = ArrayField(models.TextField(), null=True, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "accounts_user"


class Scope(models.TextChoices):
    """What an API key may do."""

    INGEST = "ingest"
    RETRIEVE = "retrieve"
    RECORD = "record"
    READ = "read"
    ADMIN = "admin"


class ApiKey(models.Model):
    """An application's key: only its SHA-256 is kept, which suffices for a 214-bit secret."""

    key_id = models.UUIDField(primary_key=True)
    sha256 = models.BinaryField(unique=True)
    hint = models.TextField()
    application = models.TextField()
    scopes = ArrayField(models.TextField())
    collections = ArrayField(models.TextField(), null=True)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_api_key"

    def __str__(self) -> str:
        return f"{self.application} {self.hint}"


class Collection(models.Model):
    """A named set of documents, the unit of access; `time_zone` dates its effective days."""

    name = models.TextField(primary_key=True)
    time_zone = models.TextField(default="UTC")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "accounts_collection"

    def __str__(self) -> str:
        return self.name
