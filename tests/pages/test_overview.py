"""The overview answers its questions for whoever asks them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from provenance.accounts.access import principal_of_user
from provenance.accounts.models import Role
from provenance.cases import waiting as waiting_module
from provenance.cases.events import QueueRule
from provenance.cases.queues import define_queue
from provenance.eventstore.ids import new_id
from provenance.pages import overview
from provenance.pages.overview import Answer, does_the_pipeline_keep_up
from provenance.projections.models import Progress
from provenance.projections.standing import standing
from tests.cases.conftest import person
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import WAITING, ask, hand_in, output_of, prompt_of

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


@pytest.fixture
def story(run_work: Step) -> None:
    run_work()
    hand_in(WAITING.format(months=8), "dental", collection="claims")
    run_work()
    output_of(prompt_of(ask()), "The waiting period is 8 months. Pigs fly over Paris at noon.")
    run_work()


def answered(client: Client, question: str) -> str:
    """The text of the panel under the question."""
    page = client.get("/").content.decode()
    (panel,) = re.findall(rf">{re.escape(question)}</h2>(.*?)</section>", page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", panel)).strip()


def pipeline() -> Answer:
    return does_the_pipeline_keep_up(standing(), timezone.now(), link=True)


@pytest.mark.usefixtures("story")
def test_what_came_in_the_last_day_is_counted() -> None:
    changed = answered(signed_in("rita", Role.REVIEWER), "What changed in the last 24 hours?")
    assert "versions handed in 1" in changed
    assert "outputs with unsupported sentences 1" in changed


@pytest.mark.usefixtures("story")
def test_somebody_kept_out_of_a_collection_counts_nothing_of_it() -> None:
    outsider = signed_in("olga", Role.REVIEWER, collections=["public"])
    changed = answered(outsider, "What changed in the last 24 hours?")
    assert "versions handed in 0" in changed
    assert "outputs 0" in changed


@pytest.mark.usefixtures("story")
def test_the_chart_counts_what_its_reader_may_see_by_day() -> None:
    rita = signed_in("rita", Role.REVIEWER)
    outsider = signed_in("olga", Role.REVIEWER, collections=["public"])
    for client, outputs in ((rita, 1), (outsider, 0)):
        chart = client.get("/").context["chart"]
        assert chart.totals == [1, outputs]
        assert chart.slots[-1].counts == (1, outputs)
        assert chart.slots[-1].at.date() == timezone.now().date()


@pytest.mark.usefixtures("story")
def test_work_done_is_good_and_a_stopped_read_model_an_alarm() -> None:
    assert pipeline().state == "good"
    Progress.objects.filter(name="interactions").update(problem="It cannot read this.")
    assert (pipeline().state, pipeline().says) == ("alarm", "1 read model stopped.")


@pytest.mark.usefixtures("story")
def test_a_read_model_that_has_waited_long_is_said_to_be_behind() -> None:
    Progress.objects.filter(name="interactions").update(position=1)
    later = timezone.now() + timedelta(minutes=5)
    found = does_the_pipeline_keep_up(standing(), later, link=True)
    assert found.state == "attention"
    assert "behind the log" in found.says


@pytest.mark.usefixtures("story")
def test_what_has_only_just_come_keeps_nobody_waiting() -> None:
    Progress.objects.filter(name="interactions").update(position=1)
    assert (pipeline().state, pipeline().says) == (
        "good",
        "Yes; the newest events are being worked through.",
    )


@pytest.mark.usefixtures("story")
def test_asking_for_the_answers_alone_brings_nothing_else() -> None:
    rita = signed_in("rita", Role.REVIEWER)
    part = rita.get("/", headers={"HX-Request": "true", "HX-Target": "answers"}).content.decode()
    assert "Is the log whole?" in part
    assert "Newest outputs" not in part


@pytest.mark.usefixtures("story")
def test_each_queue_says_how_many_wait_in_it_for_whoever_may_review_them(
    run_work: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = person("ada", Role.ADMINISTRATOR)
    rules = {"Alone": QueueRule(unsupported=True), "Outdated": QueueRule(outdated=True)}
    for name, rule in rules.items():
        define_queue(queue_id=new_id(), name=name, rule=rule, principal=principal_of_user(ada))
    run_work()
    question = "What waits for me?"
    rita = signed_in("rita", Role.REVIEWER)
    waiting = answered(rita, question)
    assert "in the queue Alone 1" in waiting
    assert "Outdated" not in waiting
    assert "queue" not in answered(signed_in("audrey", Role.AUDITOR), question)
    outsider = signed_in("olga", Role.REVIEWER, collections=["public"])
    assert "queue" not in answered(outsider, question)

    output_of(prompt_of(ask()), "Cows fly over Rome at noon.")
    run_work()
    assert "in the queue Alone 2 " in f"{answered(rita, question)} "
    with monkeypatch.context() as patched:
        patched.setattr(waiting_module, "MOST", 1)
        assert "in the queue Alone 1+" in answered(rita, question)
    monkeypatch.setattr(waiting_module, "ASKED", 1)
    assert "in the queue Alone 1+" in answered(rita, question)
    assert "1+" in rita.get("/reviews/").content.decode()
    monkeypatch.setattr(overview, "QUEUES", 1)
    assert "further queues 1" in answered(rita, question)
