"""Saves filters of a list under a name, for one person."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from provenance.eventstore.ids import new_id
from provenance.finding.errors import ViewRefused
from provenance.finding.models import SavedView

LONGEST_NAME, LONGEST_QUERY = 80, 4_000
# So many views of one list.
MOST = 50


def views_of(user_id: UUID, listed: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(user_id=user_id, listed=listed).order_by("name")


def save_view(*, user_id: UUID, listed: str, name: str, query: str) -> None:
    """The same name again stands for the new filters. Raises ViewRefused."""
    name = " ".join(name.replace("\0", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise ViewRefused("name", f"A view needs a name of at most {LONGEST_NAME} characters.")
    if len(query) > LONGEST_QUERY:
        raise ViewRefused("query", f"These filters are longer than {LONGEST_QUERY:,} characters.")
    others = views_of(user_id, listed).exclude(name=name)
    if others.count() >= MOST:
        raise ViewRefused("name", f"There are {MOST} views of this list: remove one first.")
    SavedView.objects.update_or_create(
        user_id=user_id,
        listed=listed,
        name=name,
        defaults={"query": query, "saved_at": timezone.now()},
        create_defaults={"view_id": new_id(), "query": query, "saved_at": timezone.now()},
    )


def remove_view(*, user_id: UUID, view_id: UUID) -> SavedView | None:
    """The view that was removed; None if this person has none such."""
    view = SavedView.objects.filter(user_id=user_id, view_id=view_id).first()
    if view is not None:
        SavedView.objects.filter(pk=view.pk).delete()
    return view
