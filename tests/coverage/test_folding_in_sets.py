"""Events folded many at a time come to the same counts as one by one, whatever waited for what."""

import pytest
from django.db.models import Sum

from provenance.coverage.days import KEPT
from provenance.coverage.models import CoverageDay
from provenance.projections.projection import projection_named
from tests.recording.mixed_story import MixedStory, rows_folded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(3))
def test_sets_of_any_size_come_to_the_same_rows(seed: int) -> None:
    events, coverage = MixedStory(seed).events, projection_named("coverage")

    one_by_one = rows_folded(coverage, events, by=1)

    assert rows_folded(coverage, events, by=7) == one_by_one
    assert rows_folded(coverage, events, by=500) == one_by_one
    sums = CoverageDay.objects.aggregate(**{name: Sum(name) for name in KEPT})
    assert all(sums.values()), "everything that is counted occurs"
