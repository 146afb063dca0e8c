"""The data keys: one row a key, wrapped under the key-encryption key, destroyed to erase."""

from django.db import models
from django.db.models.functions import Now


class SealingKey(models.Model):
    """A wrapped data key of a document, an interaction or a subject; null once destroyed."""

    kid = models.TextField(primary_key=True)
    wrapped_dek = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sealing_key"

    def __str__(self) -> str:
        return self.kid
