"""The page of stale answers, and what a trace says of them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client, override_settings

from provenance.accounts.access import SYSTEM_PRINCIPAL, principal_of_user
from provenance.accounts.commands import create_user
from provenance.accounts.models import Role
from provenance.pages import keyset
from tests.cases.test_reviewing import answer, sign
from tests.pages.test_impact import person, text
from tests.recording.conftest import documents
from tests.recording.stories import WAITING, ask, hand_in, output_of, prompt_of

__all__ = ["documents"]
pytestmark = pytest.mark.django_db
Work = Callable[[], None]
ANSWER = "The waiting period for dental treatment is 8 months."


@pytest.fixture
def stale_output(documents: dict[str, Any], run_work: Work) -> str:  # noqa: ARG001
    output_id = output_of(prompt_of(ask()), ANSWER)
    run_work()
    hand_in(WAITING.format(months=9), "dental")
    run_work()
    return str(output_id)


def test_the_page_lists_stale_answers_under_what_changed(stale_output: str) -> None:
    auditor = person("bob", Role.AUDITOR)
    shown = text(auditor, "/stale/")
    assert "<strong>1</strong> answer." in shown
    assert stale_output in shown
    assert "version 1</a>" in shown
    assert "version 2</a>" in shown
    assert stale_output in text(auditor, "/stale/", kind="replaced", application="alice")
    assert "No answer matches" in text(auditor, "/stale/", kind="withdrawn")
    trace = text(auditor, f"/outputs/{stale_output}/")
    assert "rests on wording since changed" in trace
    assert "What changed, word by word" in trace
    assert 'rest on wording since changed</bdi></a><span class="figures">1<' in text(auditor, "/")
    assert "Who is told" not in shown


def test_nothing_stale_says_so_and_hostile_filters_are_left_out(
    documents: dict[str, Any],
) -> None:
    auditor = person("bob", Role.AUDITOR)
    assert documents
    assert "No answer to look at" in text(auditor, "/stale/")
    for hostile in ("\0", "9" * 400, "1_2_3", "x_" * 60, "²"):
        names = ("after", "kind", "application", "document", "change", "since", "cited")
        text(auditor, "/stale/", **dict.fromkeys(names, hostile))


def test_who_is_kept_out_of_the_collection_sees_none_of_it(stale_output: str) -> None:
    kept_out = person("carol", Role.REVIEWER, collections=["other"])
    assert "No answer to look at" in text(kept_out, "/stale/")
    assert kept_out.get(f"/outputs/{stale_output}/").status_code == 404
    assert Client().get("/stale/").status_code == 302


def test_a_signature_takes_an_answer_off_the_list(stale_output: str, run_work: Work) -> None:
    auditor = person("bob", Role.AUDITOR)
    reviewer = create_user(
        principal=SYSTEM_PRINCIPAL,
        username="carol",
        password="a long enough pass phrase",  # noqa: S106
        role=Role.REVIEWER,
    )
    answer(UUID(stale_output), principal_of_user(reviewer))
    run_work()
    assert stale_output in text(auditor, "/stale/")
    sign(UUID(stale_output), principal_of_user(reviewer))
    run_work()
    assert stale_output not in text(auditor, "/stale/")
    assert stale_output in text(auditor, "/stale/", settled="1")
    assert "None: their wording stands" in text(auditor, "/")


def test_a_long_list_goes_on_without_a_gap(
    stale_output: str, run_work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyset, "PAGE", 2)
    before = {stale_output}
    for months in (10, 11, 12):
        output_id = output_of(prompt_of(ask()), f"It is {months}.")
        run_work()
        hand_in(WAITING.format(months=months), "dental")
        run_work()
        before.add(str(output_id))
    auditor = person("bob", Role.AUDITOR)
    seen, address = [], "/stale/"
    while address:
        answer = auditor.get(address)
        seen += [str(row.changed.stale.output_id) for row in answer.context["rows"]]
        address = f"/stale/{answer.context['next_page']}" if answer.context["next_page"] else ""
    assert sorted(seen) == sorted(before)


def test_an_administrator_sees_how_it_stands_with_webhooks(stale_output: str) -> None:
    hook = "alice https://hook.example/secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    with override_settings(WEBHOOKS=[hook]):
        shown = text(person("dora", Role.ADMINISTRATOR), "/stale/")
        assert "alice at hook.example" in shown
        assert "/secret" not in shown
        assert "not begun" in shown
        assert "Who is told" not in text(person("bob", Role.AUDITOR), "/stale/")
    assert stale_output
