"""The page of coverage: a matrix, what is behind its cells, and who may see it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client, override_settings

from provenance.accounts.models import Role
from provenance.pages.views.coverage import KINDS
from tests.api.callers import new_caller
from tests.pages.test_impact import person, text
from tests.recording.conftest import documents
from tests.recording.stories import ask, output_of, prompt_of

__all__ = ["documents"]
pytestmark = pytest.mark.django_db
Work = Callable[[], None]
ANSWER = "The waiting period for dental treatment is 8 months."
AT_ONCE = override_settings(COVERAGE_GRACE_MINUTES=0)


@AT_ONCE
def test_a_cell_opens_what_is_wanting(documents: dict[str, Any], run_work: Work) -> None:
    auditor = person("bob", Role.AUDITOR)
    assert documents
    assert "Nothing recorded in these days" in text(auditor, "/coverage/")
    left = ask()
    output_of(prompt_of(ask()), ANSWER)
    run_work()
    assert ">66<" in text(auditor, "/coverage/")
    day = datetime.now(UTC).date().isoformat()
    for kind, words in KINDS.items():
        shown = text(auditor, "/coverage/", application="alice", day=day, show=kind)
        assert words in shown
    opened = text(auditor, "/coverage/", application="alice", day=day)
    assert f"/retrievals/{left['retrieval_id']}/" in opened
    assert "Nothing was recorded on this day" in text(
        auditor, "/coverage/", application="nobody", day=day
    )


def test_hostile_parameters_show_the_page_as_it_is(documents: dict[str, Any]) -> None:
    auditor = person("bob", Role.AUDITOR)
    assert documents
    for hostile in ("\0", "9" * 400, "2026-13-45", "0001-01-01", "²", "9999-12-31"):
        names = ("until", "application", "day", "show", "after")
        text(auditor, "/coverage/", **dict.fromkeys(names, hostile))


@AT_ONCE
def test_an_alarm_is_said_on_the_page_on_the_overview_and_in_metrics(
    documents: dict[str, Any], run_work: Work, client: Client
) -> None:
    assert documents
    for _ in range(20):
        ask()
    run_work()
    auditor = person("bob", Role.AUDITOR)
    assert "0&nbsp;% complete" in text(auditor, "/coverage/")
    assert 'alice</bdi></a><span class="figures">0 %<' in text(auditor, "/")
    metrics = client.get("/metrics").content.decode()
    assert 'ragledger_coverage_ratio{application="alice"} 0.0' in metrics
    assert 'ragledger_coverage_alarm{application="alice"} 1.0' in metrics


def test_who_sees_not_every_collection_finds_no_page(documents: dict[str, Any]) -> None:
    assert documents
    assert (
        person("carol", Role.REVIEWER, collections=["other"]).get("/coverage/").status_code == 404
    )
    assert "coverage" not in text(person("erin", Role.REVIEWER, collections=["other"]), "/").lower()
    assert Client().get("/coverage/").status_code == 302


def test_a_number_that_is_none_is_refused() -> None:
    caller = new_caller("alice")
    for number in (-1, 2**53, "1", 1.5):
        answer = caller.post("/retrievals", {"query": "a", "sequence_number": number})
        assert answer.status_code == 422
        assert "#/sequence_number" in answer.content.decode()
