"""The trace page hands out the evidence of its output, or says why it cannot yet."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from provenance.accounts.access import principal_of_user
from provenance.accounts.models import Role
from provenance.cases.casework import open_case
from provenance.eventstore.ids import new_id
from provenance.eventstore.models import Event
from provenance.exports import selection
from tests.cases.conftest import person
from tests.exports.stories import SEED, answered, failures, files_of
from tests.pages.test_reviewing import signed_in
from tests.recording.conftest import documents

__all__ = ["documents"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def address(documents: dict[str, Any], run_work: Callable[[], None]) -> str:  # noqa: ARG001
    output_id: UUID = answered(run_work)
    return f"/outputs/{output_id}/"


def test_an_auditor_takes_the_evidence_from_the_trace(address: str, settings: Any) -> None:
    settings.LOG_SIGNING_KEY = SEED
    auditor = signed_in("audrey", Role.AUDITOR)
    page = auditor.get(address).content.decode()
    assert f'href="{address}evidence/" download' in page
    answer = auditor.get(f"{address}evidence/")
    assert answer["Content-Disposition"].startswith('attachment; filename="evidence-')
    files = files_of(answer.getvalue())
    assert failures(files, files["log.vkey"].decode().strip()) == []
    assert Event.objects.filter(type="EvidenceExported").count() == 1


def test_what_is_not_sealed_yet_leads_back_with_the_reason(address: str) -> None:
    answer = signed_in("audrey", Role.AUDITOR).get(f"{address}evidence/", follow=True)
    assert answer.redirect_chain == [(address, 302)]
    assert "not yet under a signed checkpoint" in answer.content.decode()


def test_who_may_not_see_the_output_finds_no_evidence(address: str, settings: Any) -> None:
    settings.LOG_SIGNING_KEY = SEED
    stranger = signed_in("sam", Role.AUDITOR, collections=["public"])
    assert stranger.get(f"{address}evidence/").status_code == 404
    assert not Event.objects.filter(type="EvidenceExported").exists()


@pytest.mark.usefixtures("address")
def test_who_may_not_see_the_output_finds_none_of_its_events() -> None:
    stranger = signed_in("sam", Role.AUDITOR, collections=["public"])
    trusted = signed_in("tessa", Role.AUDITOR)
    interactions = Event.objects.filter(
        type__in=["RetrievalServed", "PromptReported", "OutputReported"]
    )
    for event_id in interactions.values_list("event_id", flat=True):
        for path in ("", "bytes/"):
            assert trusted.get(f"/log/events/{event_id}/{path}").status_code == 200
            assert stranger.get(f"/log/events/{event_id}/{path}").status_code == 404
    assert interactions.count() >= 3


@pytest.mark.usefixtures("address")
def test_an_auditor_takes_the_evidence_of_a_period_from_its_report(settings: Any) -> None:
    settings.LOG_SIGNING_KEY = SEED
    auditor = signed_in("audrey", Role.AUDITOR)
    page = auditor.get("/reports/").content.decode()
    (link,) = re.findall(r'href="(/reports/evidence/[^"]*)" download', page)
    assert "Evidence of 1 output" in page
    answer = auditor.get(link.replace("&amp;", "&"))
    files = files_of(answer.getvalue())
    assert failures(files, files["log.vkey"].decode().strip()) == []
    assert json.loads(files["manifest.json"])["period"]["since"].endswith("T00:00:00.000000Z")
    narrow = signed_in("sam", Role.AUDITOR, collections=["public"])
    assert narrow.get(link.replace("&amp;", "&")).status_code == 404


@pytest.mark.usefixtures("address")
def test_a_period_that_cannot_be_had_leads_back_to_its_report(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = signed_in("audrey", Role.AUDITOR)
    today = f"first={date.today()}&last={date.today()}"  # noqa: DTZ011
    young = auditor.get(f"/reports/evidence/?{today}", follow=True)
    assert "not yet under a signed checkpoint" in young.content.decode()
    settings.LOG_SIGNING_KEY = SEED
    none = auditor.get("/reports/evidence/?first=2020-01-01&last=2020-01-02", follow=True)
    assert "There is nothing in this period" in none.content.decode()
    assert none.redirect_chain == [("/reports/?first=2020-01-01&last=2020-01-02", 302)]
    wrong = auditor.get("/reports/evidence/?first=x&last=<b>", follow=True)
    assert 'role="alert"' in wrong.content.decode()
    monkeypatch.setattr(selection, "MAX_OUTPUTS", 0)
    many = auditor.get(f"/reports/evidence/?{today}", follow=True)
    assert "ask for less at a time" in many.content.decode()
    assert not Event.objects.filter(type="EvidenceExported").exists()


def test_an_auditor_takes_the_evidence_of_a_case_from_its_page(
    address: str, settings: Any, run_work: Callable[[], None]
) -> None:
    case_id, output_id = new_id(), UUID(address.split("/")[2])
    open_case(
        case_id=case_id,
        title="Dental claims",
        outputs=[output_id],
        principal=principal_of_user(person("carol")),
    )
    run_work()
    auditor = signed_in("audrey", Role.AUDITOR)
    case = f"/reviews/cases/{case_id}/"
    assert f'href="{case}evidence/" download' in auditor.get(case).content.decode()
    young = auditor.get(f"{case}evidence/", follow=True)
    assert young.redirect_chain == [(case, 302)]
    settings.LOG_SIGNING_KEY = SEED
    files = files_of(auditor.get(f"{case}evidence/").getvalue())
    assert json.loads(files["manifest.json"])["case"] == str(case_id)
    narrow = signed_in("sam", Role.AUDITOR, collections=["public"])
    assert narrow.get(f"{case}evidence/").status_code == 404
