"""Events folded many at a time come to the same rows as one by one, whatever waited for what."""

import pytest

from provenance.impact.models import PassageOutput, StaleAnswer, UsingOutput
from provenance.projections.projection import projection_named
from tests.recording.mixed_story import MixedStory, rows_folded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(6))
def test_sets_of_any_size_come_to_the_same_rows(seed: int) -> None:
    events, impact = MixedStory(seed).events, projection_named("impact")

    one_by_one = rows_folded(impact, events, by=1)

    assert rows_folded(impact, events, by=7) == one_by_one
    assert rows_folded(impact, events, by=500) == one_by_one


def test_the_stories_have_what_depends_on_the_order() -> None:
    """Answers that went stale at a comparison, at once, with a map, and with a late resolution."""
    found_at, relations, templates = set(), set(), set()
    for seed in range(6):
        events = MixedStory(seed).events
        rows_folded(projection_named("impact"), events, by=500)
        found_at |= {
            events[position].type
            for position in StaleAnswer.objects.values_list("position", flat=True)
        }
        relations |= set(PassageOutput.objects.values_list("relation", flat=True))
        templates |= set(UsingOutput.objects.values_list("template_name", flat=True))
    assert found_at == {"WordingCompared", "OutputReported", "PromptAssembled", "RetrievalResolved"}
    assert relations == {"cited", "in_prompt", "retrieved_only"}
    assert templates == {"claims", "letters", None}
