"""Evidence and provenance over HTTP: for those who may read the output, and for nobody else."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from provenance.accounts.access import principal_of_user
from provenance.cases.casework import open_case
from provenance.eventstore.models import Event
from provenance.exports.verify import VerifierKey, verify
from tests.api.callers import Caller, json_of
from tests.cases.conftest import person

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


@pytest.fixture(autouse=True)
def _signing_key(settings: Any) -> None:
    settings.LOG_SIGNING_KEY = bytes(range(32))


@pytest.fixture
def output_id(alice: Caller, run_work: Step) -> UUID:
    run_work()
    text = "# Leave\n\nEmployees have 28 days of paid leave a year.\n"
    alice.post(
        "/documents", {"external_id": "leave", "content": text, "media_type": "text/markdown"}
    )
    run_work()
    question = {"query": "How many days of paid leave?", "mode": "text"}
    retrieval = json_of(alice.post("/retrievals", question))
    passage = retrieval["results"][0]["text"]
    prompt = {"retrieval_ids": [retrieval["retrieval_id"]], "text": f"{passage}\n\nHow many?"}
    prompt_id = json_of(alice.post("/prompts", prompt))["prompt_id"]
    output = {"prompt_id": prompt_id, "text": "28 days of paid leave a year.", "model": "m"}
    answer = json_of(alice.post("/outputs", output))
    run_work()
    return UUID(answer["output_id"])


def test_a_key_takes_the_evidence_of_its_outputs(alice: Caller, output_id: UUID) -> None:
    answer = alice.get(f"/outputs/{output_id}/evidence")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert f'filename="evidence-{output_id}-' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    trusted = json_of(alice.get("/checkpoints"))["verifier_keys"][-1]
    lines = verify(files, [VerifierKey.parse(trusted)])
    assert [line for line in lines if line.verdict == "FAIL"] == []
    exported = json.loads(bytes(Event.objects.get(type="EvidenceExported").canonical))
    assert (exported["authtype"], exported["application"]) == ("api_key", "claims-assistant")


def test_provenance_comes_in_both_forms(alice: Caller, output_id: UUID) -> None:
    plain = alice.get(f"/outputs/{output_id}/prov")
    assert plain["Content-Type"] == "application/json"
    assert f"log:outputs/{output_id}" in json_of(plain)["entity"]
    provn = alice.get(f"/outputs/{output_id}/prov", format="provn")
    assert provn["Content-Type"] == "text/provenance-notation; charset=utf-8"
    assert provn.content.startswith(b"document\n")
    assert alice.get(f"/outputs/{output_id}/prov", format="xml").status_code == 422


def test_other_applications_find_nothing(bob: Caller, output_id: UUID) -> None:
    for what in ("evidence", "prov"):
        assert bob.get(f"/outputs/{output_id}/{what}").status_code == 404
    assert not Event.objects.filter(type="EvidenceExported").exists()


def test_what_is_not_sealed_asks_for_patience(
    alice: Caller, output_id: UUID, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = None
    answer = alice.get(f"/outputs/{output_id}/evidence")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_key_takes_the_evidence_of_a_period(alice: Caller, bob: Caller, output_id: UUID) -> None:
    period = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    answer = alice.get("/evidence", **period)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert 'filename="evidence-20200101T000000Z-21000101T000000Z-' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert json.loads(archive.read("manifest.json"))["outputs"] == [str(output_id)]
    assert bob.get("/evidence", **period).status_code == 404
    for wrong in ({}, {"since": "x", "until": "y"}, {**period, "until": period["since"]}):
        refused = alice.get("/evidence", **wrong)
        assert refused.status_code == 422
        assert "until" in str(json_of(refused)["errors"])


def test_a_key_takes_the_evidence_of_a_case(
    alice: Caller, bob: Caller, output_id: UUID, run_work: Step
) -> None:
    case_id = UUID(int=7)
    assert alice.get(f"/cases/{case_id}/evidence").status_code == 404
    carol = principal_of_user(person("carol"))
    open_case(case_id=case_id, title="Dental", outputs=[output_id], principal=carol)
    run_work()
    answer = alice.get(f"/cases/{case_id}/evidence")
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as archive:
        assert json.loads(archive.read("manifest.json"))["outputs"] == [str(output_id)]
    assert bob.get(f"/cases/{case_id}/evidence").status_code == 404
