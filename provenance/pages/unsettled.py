"""Stale answers that nobody has settled: a signature since they were found takes them off a list.

A review that is signed takes no more events until it is reopened, so its position is that of the
signature.
"""

from django.db.models import Exists, OuterRef, QuerySet

from provenance.cases.models import ReviewEntry
from provenance.cases.reviews import Status
from provenance.impact.models import StaleAnswer


def unsettled(found: QuerySet[StaleAnswer]) -> QuerySet[StaleAnswer]:
    signed = ReviewEntry.objects.filter(
        output_id=OuterRef("output_id"), status=Status.SIGNED, position__gt=OuterRef("position")
    )
    return found.filter(~Exists(signed))
