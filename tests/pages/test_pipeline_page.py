"""The page of the pipeline: what keeps up, what failed and why; administrators try again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from provenance.accounts.models import Role
from provenance.eventstore.ids import new_id
from provenance.projections.models import ParkedEvent, PendingWork, Progress, WorkLease
from provenance.projections.rebuild_runs import rebuild_asked_for
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import hand_in

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
HOSTILE = "<b>no</b>"


def park(count: int = 1, *, read_model: str = "interactions") -> None:
    """As if the read model had not folded the first events of the log."""
    ParkedEvent.objects.bulk_create(
        ParkedEvent(
            projection=read_model,
            position=position,
            event_id=new_id(),
            stream="document-1",
            problem=f"ValueError({HOSTILE!r})",
            traceback=f"Traceback: {HOSTILE}" if position == 0 else "",
            retry_at=timezone.now() + timedelta(minutes=10),
        )
        for position in range(count)
    )


def fail_a_piece() -> str:
    subject, cause = new_id(), new_id()
    PendingWork.objects.create(
        kind="attribute_output", subject_id=subject, queue="q", cause_event_id=cause, position=1
    )
    WorkLease.objects.create(
        kind="attribute_output",
        subject_id=subject,
        cause_event_id=cause,
        attempts=7,
        leased_until=timezone.now() + timedelta(minutes=5),
        token=new_id(),
        problem=f"The model is {HOSTILE}.",
    )
    return f"/pipeline/work/attribute_output/{subject}/retry/"


def said(client: Client, address: str) -> str:
    """The page after something was decided."""
    return client.post(address, follow=True).content.decode()


def test_an_installation_at_rest_says_that_everything_keeps_up(run_work: Step) -> None:
    admin = signed_in("ada", Role.ADMINISTRATOR)
    hand_in("# Travel\n\nThe waiting period is 14 days.\n", "travel")
    run_work()
    page = admin.get("/pipeline/").content.decode()
    assert "Everything keeps up" in page
    assert "at the end" in page
    assert "none to extract" in page
    assert "Traceback" not in page


def test_an_empty_log_has_a_page_too() -> None:
    page = signed_in("ada", Role.ADMINISTRATOR).get("/pipeline/").content.decode()
    assert "not begun" in page


def test_what_failed_is_listed_with_its_reason_as_text(run_work: Step) -> None:
    admin = signed_in("ada", Role.ADMINISTRATOR)
    run_work()
    park()
    retry = fail_a_piece()
    page = admin.get("/pipeline/").content.decode()
    assert HOSTILE not in page
    assert "Traceback: &lt;b&gt;no&lt;/b&gt;" in page
    assert "The model is &lt;b&gt;no&lt;/b&gt;." in page
    assert "1 parked event" in page
    assert "1 failing" in page

    answer = admin.post(retry, follow=True).content.decode()
    assert "is being tried again now" in answer
    assert WorkLease.objects.get().leased_until < timezone.now()
    assert "does not wait" in admin.post(retry, follow=True).content.decode()
    admin.post("/pipeline/interactions/parked/retry/")
    assert ParkedEvent.objects.get().retry_at <= timezone.now()
    assert admin.post("/pipeline/nothing/parked/retry/").status_code == 404


def test_a_read_model_that_stopped_says_why_first(run_work: Step) -> None:
    admin = signed_in("ada", Role.ADMINISTRATOR)
    run_work()
    Progress.objects.filter(name="knowledge").update(problem=HOSTILE)
    page = admin.get("/pipeline/").content.decode()
    assert "1 read model stopped" in page
    assert HOSTILE not in page


def test_parked_events_go_on_after_the_last_one_seen(run_work: Step) -> None:
    admin = signed_in("ada", Role.ADMINISTRATOR)
    run_work()
    park(30)
    first = admin.get("/pipeline/").content.decode()
    assert "?after=24-interactions" in first
    rest = admin.get("/pipeline/?after=24-interactions").content.decode()
    assert (first.count("ValueError"), rest.count("ValueError")) == (25, 5)
    for odd in ("x", "-1", "9" * 40, "5-nothing", "24-"):
        assert admin.get("/pipeline/", {"after": odd}).status_code == 200


def test_a_read_model_is_rebuilt_and_a_rebuild_stopped_from_the_page(run_work: Step) -> None:
    admin = signed_in("ada", Role.ADMINISTRATOR)
    hand_in("# Travel\n", "travel")
    run_work()
    assert (
        "rebuilt beside" in admin.post("/pipeline/knowledge/rebuild/", follow=True).content.decode()
    )
    waiting = admin.get("/pipeline/").content.decode()
    assert "waits for a worker" in waiting
    assert "every 2s" in waiting
    assert "already" in said(admin, "/pipeline/knowledge/rebuild/")
    rebuild_asked_for("knowledge")
    assert "no row differed" in admin.get("/pipeline/").content.decode()
    admin.post("/pipeline/erasures/rebuild/")
    assert (
        "stay as they were" in admin.post("/pipeline/erasures/stop/", follow=True).content.decode()
    )
    assert (
        "is not being rebuilt"
        in admin.post("/pipeline/erasures/stop/", follow=True).content.decode()
    )
    assert admin.post("/pipeline/nothing/rebuild/").status_code == 404
    assert admin.post("/pipeline/nothing/stop/").status_code == 404


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_others_look_and_decide_nothing(run_work: Step, role: Role) -> None:
    run_work()
    park()
    retry = fail_a_piece()
    other = signed_in("bob", role)
    page = other.get("/pipeline/").content.decode()
    assert "1 parked event" in page
    assert ">Rebuild" not in page
    assert "now</button>" not in page
    for address in (retry, "/pipeline/knowledge/rebuild/", "/pipeline/knowledge/stop/"):
        assert other.post(address).status_code == 403
    assert other.post("/pipeline/interactions/parked/retry/").status_code == 403


def test_a_person_kept_out_of_a_collection_finds_no_such_page(run_work: Step) -> None:
    run_work()
    kept_out = signed_in("sam", Role.REVIEWER, collections=["public"])
    assert kept_out.get("/pipeline/").status_code == 404
    assert kept_out.post("/pipeline/knowledge/rebuild/").status_code == 404
    assert "/pipeline/" not in kept_out.get("/").content.decode()
