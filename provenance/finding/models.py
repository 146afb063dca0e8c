"""What people keep for themselves to find things again."""

from django.db import models


class SavedView(models.Model):
    """A name for the filters of a list, for the person who saved it.

    A plain row that may be changed and removed, and no event: it is a bookmark, shows nobody
    anything that the list itself would not, and proves nothing. What is taken away by it is
    recorded with its filters, and so is every record that is opened from it. Its filters are what
    somebody typed: erasing a person or a document does not look into them.
    """

    view_id = models.UUIDField(primary_key=True)
    user_id = models.UUIDField()
    listed = models.TextField()
    name = models.TextField()
    query = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "finding_saved_view"
        constraints = (
            models.UniqueConstraint(
                fields=("user_id", "listed", "name"), name="finding_saved_view_name"
            ),
        )

    def __str__(self) -> str:
        return self.name
