"""The first answers to requests with an Idempotency-Key, kept for a day."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class KeptAnswer(models.Model):
    """One answer, encrypted under the client's own Idempotency-Key, which is not stored.

    `names` are the ids in it, by which it is found when what it told of is erased; it is empty
    from then on.
    """

    in_backups: ClassVar[bool] = False

    slot = models.BinaryField(primary_key=True)
    fingerprint = models.BinaryField()
    answer = models.BinaryField()
    expires_at = models.DateTimeField()
    names = ArrayField(models.UUIDField(), default=list)

    class Meta:
        db_table = "api_kept_answer"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_at"], name="api_kept_answer_expires")
        ]

    def __str__(self) -> str:
        return bytes(self.slot).hex()
