"""What a report counts, and who gets it."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import change_role
from provenance.accounts.models import Role, User
from provenance.pages.reports.sections import sections
from provenance.reports.period import Period, PeriodRefused, usual_period
from provenance.reports.regulations import RULES
from provenance.reports.report import Report, report_on
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import WAITING, ask, hand_in, output_of, prompt_of

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


@pytest.fixture
def rita(run_work: Step) -> Client:
    """A reviewer of a log in which one document was asked about once, and roles were changed."""
    run_work()
    rita = signed_in("rita", Role.REVIEWER)
    hand_in(WAITING.format(months=8), "dental")
    run_work()
    output_of(prompt_of(ask()), "The waiting period is 8 months. Pigs fly over Paris at noon.")
    user = User.objects.get(username="rita")
    change_role(principal=SYSTEM_PRINCIPAL, user=user, role=Role.AUDITOR)
    run_work()
    return rita


def today() -> Report:
    return report_on(usual_period(timezone.now().date()))


def test_a_report_counts_what_was_recorded(rita: Client) -> None:  # noqa: ARG001
    report = today()

    assert report.documents["versions handed in"] == 1
    assert report.documents["versions made searchable"] == 1
    assert report.retrievals == {"alice": 1}
    (answered,) = report.answers
    assert (answered.application, answered.model, answered.outputs) == ("alice", "model-1", 1)
    assert (answered.sentences, answered.unsupported) == (2, 1)
    assert report.new_models == ["model-1"]
    assert report.events == report.until + 1


def test_a_report_names_who_changed_roles(rita: Client) -> None:  # noqa: ARG001
    (access,) = [each for each in sections(today()) if each.title == "Access"]
    (changed,) = [row for row in access.rows if row[2].startswith("Role changed: auditor")]
    assert changed[3] == "RAGLedger"


def test_what_happened_outside_the_period_is_not_counted(rita: Client) -> None:  # noqa: ARG001
    yesterday = timezone.now().date() - timedelta(days=1)
    report = report_on(Period(yesterday - timedelta(days=9), yesterday))

    assert (report.events, report.outputs, report.asked) == (0, 0, 0)
    assert report.access.events == []


def test_a_period_covers_its_last_day_whole() -> None:
    period = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert period.days == 31
    assert period.until == datetime(2026, 4, 1, tzinfo=UTC)
    with pytest.raises(PeriodRefused):
        Period(date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(PeriodRefused):
        Period(date(1, 1, 1), date(2026, 3, 1))


def test_the_page_and_the_file_say_the_same(rita: Client) -> None:
    page = rita.get("/reports/").content.decode()
    file = rita.get("/reports/pdf/")

    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(file.content)).pages)
    for found in ("model-1", "Role changed", "1 (50.0%)", "helps you meet"):
        assert found in page
        assert found in text


@pytest.mark.parametrize("query", ["first=2026-03-02&last=2026-03-01", "first=x", "first=&last=9"])
def test_days_that_make_no_period_are_answered_with_a_sentence(rita: Client, query: str) -> None:
    assert 'role="alert"' in rita.get(f"/reports/?{query}").content.decode()
    assert rita.get(f"/reports/pdf/?{query}").status_code == 422


def test_somebody_kept_out_of_a_collection_gets_no_report(rita: Client) -> None:  # noqa: ARG001
    outsider = signed_in("olga", Role.REVIEWER, collections=["public"])
    for path in ("/reports/", "/reports/pdf/", "/reports/regulations/"):
        assert outsider.get(path).status_code == 404


def test_every_duty_opens_a_page_that_exists(rita: Client) -> None:
    assert rita.get("/reports/regulations/").status_code == 200
    for rule in RULES:
        for duty in rule.duties:
            assert reverse(duty.address)
