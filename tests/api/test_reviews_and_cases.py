"""Reviews and cases over HTTP: read by application, worked on with `admin`, signed by people."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from provenance.api.serializers.cases import CaseListOut, CaseOut
from provenance.api.serializers.output_reviews import ReviewListOut, ReviewOut
from provenance.cases.reviewing import comment_on_output, resolve_finding
from provenance.eventstore.ids import new_id
from tests.api.callers import Caller, json_of, new_caller, pointers
from tests.cases.conftest import Cast, cast, documents, output_id
from tests.cases.test_reviewing import answer, pin, sign

__all__ = ["cast", "documents", "output_id"]
pytestmark = pytest.mark.django_db
Step = Callable[[], None]


def listed(caller: Caller, **query: Any) -> list[str]:
    return [each["output_id"] for each in json_of(caller.get("/outputs", **query))["data"]]


def test_a_review_is_read_by_its_application_and_filters_outputs(
    output_id: UUID, cast: Cast, run_work: Step, bob: Caller
) -> None:
    alice = new_caller("alice", scopes=("read",))
    address, name = f"/reviews/{output_id}", str(output_id)
    assert json_of(alice.get(address))["status"] == "unreviewed"
    assert listed(alice, review_status="unreviewed") == [name]
    answer(output_id, cast.alice)
    pin(output_id, cast.alice, start=0, end=5)
    comment_on_output(output_id=output_id, comment_id=new_id(), text="Hm.", principal=cast.bob)
    run_work()
    assert listed(alice, review_status="in_review") == [name]
    assert listed(alice, review_status="unreviewed") == []
    sign(output_id, cast.alice, meaning="rejection")
    run_work()
    assert listed(alice, review_status="signed") == [name]
    assert pointers(alice.get("/outputs", review_status="nonsense")) == ["#/review_status"]

    record = json_of(alice.get(address))
    ReviewOut.model_validate(record)
    assert record["signatures"][0]["printed_name"] == "Alice Example"
    assert record["findings"][0]["statement"] == "Nothing says so."
    reviews = json_of(alice.get("/reviews", status="signed"))
    ReviewListOut.model_validate(reviews)
    assert [each["meanings"] for each in reviews["data"]] == [["rejection"]]
    assert json_of(alice.get("/reviews", assignee=str(output_id)))["data"] == []
    assert bob.get(address).status_code == 404
    assert json_of(bob.get("/reviews"))["data"] == []


def test_a_case_is_opened_held_and_closed_with_admin_only(
    output_id: UUID, run_work: Step, alice: Caller, bob: Caller, charlie: Caller
) -> None:
    body = {"title": "Complaint", "outputs": [str(output_id)]}
    assert alice.post("/cases", body).status_code == 403
    assert pointers(charlie.post("/cases", {**body, "outputs": ["no"]})) == ["#/outputs/0"]
    assert charlie.post("/cases", {**body, "outputs": [str(new_id())]}).status_code == 404
    opened = charlie.post("/cases", {**body, "case_id": str(new_id())})
    assert opened.status_code == 201
    address = f"/cases/{json_of(opened)['case_id']}"
    run_work()
    again = charlie.post(f"{address}/outputs", {"output_id": str(output_id)})
    assert again.status_code == 409
    for step, status in (("hold", 200), ("hold", 409), ("release", 200), ("end", 200)):
        assert charlie.post(f"{address}/{step}", {"reason": "R."}).status_code == status, step
    run_work()
    record = json_of(charlie.get(address))
    CaseOut.model_validate(record)
    assert record["closed"]["conclusion"] == "R."
    cases = json_of(charlie.get("/cases", status="closed", output_id=str(output_id)))
    CaseListOut.model_validate(cases)
    assert [each["title"] for each in cases["data"]] == ["Complaint"]
    assert json_of(charlie.get("/cases", status="open"))["data"] == []
    assert bob.get(address).status_code == 404
    assert json_of(bob.get("/cases"))["data"] == []


def test_a_program_answers_the_rubric_raises_and_resolves_findings_and_comments(
    output_id: UUID, cast: Cast, charlie: Caller
) -> None:
    address, finding_id, comment_id = f"/reviews/{output_id}", str(new_id()), str(new_id())
    told = {"answers": {"supported": "no", "fit": "yes"}, "note": "Checked by rule 7."}
    assert charlie.post(f"{address}/answers", told).status_code == 200
    finding = {
        "finding_id": finding_id,
        "statement": "Nothing says so.",
        "severity": "major",
        "start": 0,
        "end": 10,
    }
    for _ in range(2):
        raised = charlie.post(f"{address}/findings", finding)
        assert (raised.status_code, json_of(raised)["finding_id"]) == (201, finding_id)
    unnamed = charlie.post(f"{address}/findings", {"statement": "Vague.", "severity": "minor"})
    assert unnamed.status_code == 201
    assert json_of(unnamed)["finding_id"] != finding_id
    for _ in range(2):
        said = charlie.post(f"{address}/comments", {"comment_id": comment_id, "text": "Hm."})
        assert (said.status_code, json_of(said)["comment_id"]) == (201, comment_id)
    resolution = {"resolution": "mistaken", "note": "It stands on page 2."}
    resolve = f"{address}/findings/{finding_id}/resolution"
    assert [charlie.post(resolve, resolution).status_code for _ in range(2)] == [200, 404]

    record = json_of(charlie.get(address))
    ReviewOut.model_validate(record)
    assert record["rubric"]["note"] == "Checked by rule 7."
    given = {each["question"]: each["answer"] for each in record["rubric"]["answers"]}
    assert given == {"supported": "no", "fit": "yes"}
    assert [each["statement"] for each in record["findings"]] == ["Nothing says so.", "Vague."]
    assert record["findings"][0]["resolved"]["resolution"] == "mistaken"
    assert (record["open_findings"], len(record["comments"])) == (1, 1)
    # What a program raised, a person goes on with; what a person signed, no program changes.
    resolve_finding(
        output_id=output_id,
        finding_id=UUID(json_of(unnamed)["finding_id"]),
        resolution="accepted",
        note="Fine.",
        principal=cast.alice,
    )
    answer(output_id, cast.alice)
    sign(output_id, cast.alice)
    late = charlie.post(f"{address}/comments", {"text": "Too late."})
    assert (late.status_code, json_of(late)["status"]) == (409, 409)


def test_what_a_program_adds_to_a_review_is_refused_by_field(
    output_id: UUID, alice: Caller, charlie: Caller
) -> None:
    address = f"/reviews/{output_id}"
    finding = {"statement": "Wrong.", "severity": "major"}
    for step, body, wrong in (
        ("answers", {}, "#/answers"),
        ("answers", {"answers": {}}, "#/answers"),
        ("answers", {"answers": {"taste": "yes"}}, "#/answers"),
        ("answers", {"answers": {"fit": "maybe"}}, "#/answers/fit"),
        ("answers", {"answers": {"fit": "yes"}, "note": " "}, "#/note"),
        ("findings", {**finding, "severity": "odd"}, "#/severity"),
        ("findings", {**finding, "statement": "x" * 4001}, "#/statement"),
        ("findings", {**finding, "start": 5, "end": 5}, "#/start"),
        ("findings", {**finding, "start": 0, "end": 10**9}, "#/start"),
        ("findings", {**finding, "start": True, "end": 3}, "#/start"),
        ("findings", {**finding, "chunk_id": str(new_id())}, "#/version_id"),
        ("findings", {**finding, "surprise": 1}, "#/surprise"),
        (f"findings/{new_id()}/resolution", {"resolution": "corrected"}, "#/note"),
        ("comments", {"text": ""}, "#/text"),
        ("comments", {"text": "a\u0000b"}, "#/text"),
        ("comments", {"text": "x", "comment_id": "7"}, "#/comment_id"),
    ):
        assert wrong in pointers(charlie.post(f"{address}/{step}", body)), (step, body)
        assert alice.post(f"{address}/{step}", body).status_code == 403
    nowhere = {**finding, "version_id": str(new_id())}
    assert charlie.post(f"{address}/findings", nowhere).status_code == 404
    assert charlie.post(f"/reviews/{new_id()}/comments", {"text": "x"}).status_code == 404
    assert json_of(charlie.get(address))["status"] == "unreviewed"
