"""Prompts are listed, narrowed, and taken away, as far as the person may read them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from provenance.accounts.models import Role
from provenance.eventstore.ids import derived_id
from provenance.finding import exporting
from provenance.review.finding import Target
from retrieval.recording.commands import report_prompt
from retrieval.recording.models import InteractionPrompt
from tests.finding.test_exporting import as_table, take
from tests.pages.test_reviewing import HOSTILE, signed_in
from tests.recording.conftest import documents
from tests.recording.stories import ALICE, BOB, ask, output_of, prompt_of
from tests.review.conftest import erase

__all__ = ["documents", "erase"]
pytestmark = pytest.mark.django_db
Step = Callable[[], None]


class Recorded:
    """Three prompts: of one retrieval with two outputs, with nothing of it, and of none."""

    def __init__(self, documents: dict[str, Any], run_work: Step) -> None:
        answer = ask()
        self.retrieval = answer["retrieval_id"]
        self.version = documents["dental"].version_id
        self.answered = prompt_of(answer)
        output_of(self.answered, "8 months.")
        self.newest = output_of(self.answered, "The waiting period is 8 months.")
        self.without = report_prompt(
            principal=ALICE, retrieval_ids=[UUID(self.retrieval)], text="Just guess."
        ).prompt_id
        self.alone = report_prompt(
            principal=BOB, retrieval_ids=[], messages=[{"role": "user", "content": HOSTILE}]
        ).prompt_id
        run_work()


@pytest.fixture
def recorded(documents: dict[str, Any], run_work: Step) -> Recorded:
    return Recorded(documents, run_work)


@pytest.fixture
def rita() -> Client:
    return signed_in("rita", Role.REVIEWER)


def listed(client: Client, query: str = "") -> list[UUID]:
    page = client.get(f"/prompts/{query}")
    assert HOSTILE not in page.content.decode()
    rows: list[Any] = page.context["rows"]
    return [row.prompt.prompt_id for row in rows]


def test_a_list_is_narrowed_by_each_filter_and_leaves_out_what_makes_no_sense(
    recorded: Recorded, rita: Client
) -> None:
    everything = [recorded.alone, recorded.without, recorded.answered]
    for query, wanted in (
        ("", everything),
        ("?q=waiting+period", [recorded.without, recorded.answered]),
        ("?q=nothing+of+the+kind", []),
        (f"?q={recorded.without}", [recorded.without]),
        ("?application=bob", [recorded.alone]),
        ("?answered=yes", [recorded.answered]),
        ("?answered=no", [recorded.alone, recorded.without]),
        ("?answered=perhaps", everything),
        ("?left_out=1", [recorded.without]),
        (f"?retrieval_id={recorded.retrieval}", [recorded.without, recorded.answered]),
        (f"?version_id={recorded.version}", [recorded.answered]),
        ("?version_id=x&retrieval_id=%00&q=%00&since=x&after=x", everything),
        ("?since=2020-01-01&until=9999-12-31", everything),
        ("?until=2020-01-01", []),
    ):
        assert listed(rita, query) == wanted, query


def test_a_row_leads_to_the_newest_answer_or_to_what_the_log_holds(
    recorded: Recorded, rita: Client
) -> None:
    page = rita.get("/prompts/").content.decode()
    assert f'href="/outputs/{recorded.newest}/"' in page
    alone = f"/log/events/{derived_id(recorded.alone, 'PromptReported')}/"
    assert f'href="{alone}"' in page
    assert rita.get(alone).status_code == 200
    several = f"/search/?q={recorded.answered}"
    assert f'href="{several}"' in page
    assert f"/outputs/{recorded.newest}/" in rita.get(several).content.decode()
    retrieval = rita.get(f"/retrievals/{recorded.retrieval}/").content.decode()
    assert f'href="/prompts/?retrieval_id={recorded.retrieval}"' in retrieval


def test_somebody_kept_out_of_the_collection_sees_no_prompt_that_rests_on_it(
    recorded: Recorded,
) -> None:
    outsider = signed_in("olga", Role.REVIEWER, collections=["elsewhere"])
    assert listed(outsider) == [recorded.alone]
    assert len(as_table(take(outsider, "/prompts/file/"))) == 1


def test_the_whole_list_is_taken_away_and_pages_follow_one_another(
    recorded: Recorded, rita: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BATCH", 1)
    rows = as_table(take(rita, "/prompts/file/"))
    assert [row["prompt_id"] for row in rows] == [
        str(each) for each in (recorded.alone, recorded.without, recorded.answered)
    ]
    assert rows[1]["retrieval_ids"] == recorded.retrieval
    assert len(as_table(take(rita, "/prompts/file/?answered=no"))) == 2
    position = InteractionPrompt.objects.get(prompt_id=recorded.without).position
    assert listed(rita, f"?after={position}") == [recorded.answered]


def test_an_erased_prompt_stays_on_the_list_without_its_question(
    recorded: Recorded, rita: Client, erase: Callable[[Target], UUID]
) -> None:
    erase(Target("interaction", target_id=recorded.newest))
    assert listed(rita, "?q=waiting+period") != []
    assert recorded.answered in listed(rita)


def test_more_prompts_take_no_more_queries(
    recorded: Recorded, rita: Client, run_work: Step
) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(rita)) >= 3
        counts.append(len(queries))
        for _ in range(4):
            output_of(prompt_of(ask()), "Nine months.")
        run_work()
    assert counts[0] == counts[1]
    assert recorded.alone in listed(rita)
