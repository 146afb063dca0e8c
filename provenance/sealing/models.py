"""The data keys: one row a key, wrapped under the key-encryption key, destroyed to erase."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class SealingKey(models.Model):
    """A wrapped data key of a document, an interaction or a subject; null once destroyed."""

    append_only_insert_columns: ClassVar[tuple[str, ...]] = ("kid", "wrapped_dek")
    row_lock_column: ClassVar[str] = "created_at"

    kid = models.TextField(primary_key=True)
    wrapped_dek = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sealing_key"

    def __str__(self) -> str:
        return self.kid
