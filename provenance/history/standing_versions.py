"""Which version stands for each document now, by both clocks."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from retrieval.models import VersionValidity


def standing_numbers(document_ids: Collection[UUID]) -> dict[UUID, int]:
    """The number of the version that represents each document now; none where none does."""
    standing = VersionValidity.objects.filter(
        Q(effective_from=None) | Q(effective_from__lte=Now()),
        Q(effective_to=None) | Q(effective_to__gt=Now()),
        document_id__in=document_ids,
        known_to=None,
    )
    return dict(standing.values_list("document_id", "version_number"))
