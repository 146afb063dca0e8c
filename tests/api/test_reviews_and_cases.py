"""Reviews and cases over HTTP: read by application, worked on with `admin`, signed by people."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from provenance.api.serializers.workplace import CaseListOut, CaseOut, ReviewListOut, ReviewOut
from provenance.cases.reviewing import comment_on_output
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
