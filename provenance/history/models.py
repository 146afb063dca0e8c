"""What the log does not find by its type alone; folded from it."""

from django.db import models


class Quarantine(models.Model):
    """A version was put in quarantine at a position of the log; it may have left it since."""

    position = models.BigIntegerField(primary_key=True)
    version_id = models.UUIDField()

    class Meta:
        db_table = "history_quarantine"

    def __str__(self) -> str:
        return f"{self.version_id} at {self.position}"
