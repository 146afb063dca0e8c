"""Failing work is said on the overview, and an administrator has it tried again from there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from provenance.accounts.models import Role
from provenance.eventstore.ids import new_id
from provenance.projections import work
from provenance.projections.models import PendingWork, WorkLease
from tests.pages.test_reviewing import signed_in

pytestmark = pytest.mark.django_db
BUTTON = "Try failing work now"


@pytest.fixture(autouse=True)
def failing() -> None:
    subject, cause = new_id(), new_id()
    PendingWork.objects.create(
        kind="attribute_output",
        subject_id=subject,
        queue="recording",
        cause_event_id=cause,
        position=1,
    )
    WorkLease.objects.create(
        kind="attribute_output",
        subject_id=subject,
        cause_event_id=cause,
        attempts=work.MAX_ATTEMPTS,
        leased_until=timezone.now() + timedelta(minutes=5),
        token=new_id(),
        problem="The model is <b>gone</b>.",
    )


def test_an_administrator_has_failing_work_tried_now() -> None:
    client = signed_in("alice", Role.ADMINISTRATOR)
    page = client.get("/").content.decode()
    assert "1 to attribute output" in page
    assert "The model is &lt;b&gt;gone&lt;/b&gt;." in page
    assert BUTTON in page
    assert work.waiting_queues() == {}

    answer = client.post("/work/retry/", follow=True)

    assert work.waiting_queues() == {"recording": 1}
    assert "is being tried again now" in answer.content.decode()
    again = client.post("/work/retry/", follow=True)
    assert "Nothing was waiting to be tried again" in again.content.decode()


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_others_see_what_fails_but_cannot_have_it_tried(role: Role) -> None:
    client = signed_in("bob", role)
    page = client.get("/").content.decode()
    assert "1 to attribute output" in page
    assert BUTTON not in page

    assert client.post("/work/retry/").status_code == 403
    assert work.waiting_queues() == {}


def test_a_link_alone_tries_nothing() -> None:
    assert signed_in("alice", Role.ADMINISTRATOR).get("/work/retry/").status_code == 405
    assert work.waiting_queues() == {}
