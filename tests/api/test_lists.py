"""Lists refuse what they do not understand instead of answering less."""

from tests.api.callers import Caller, json_of, pointers
from tests.pipeline import Step

UNKNOWN = "0190a6a8-7b1c-7c3e-9d50-0242ac120002"


def test_an_unknown_status_is_refused(alice: Caller) -> None:
    assert pointers(alice.get("/documents", status="nonsense")) == ["#/status"]


def test_a_collection_that_the_key_may_not_see_looks_like_one_that_is_not_there(
    alice: Caller, bob: Caller, run_projector: Step
) -> None:
    """Whoever asks what was handed in already need not know whether there is such a place."""
    alice.post("/documents", {"content": "Dental care is covered.", "collection": "claims"})
    run_projector()
    assert len(json_of(alice.get("/documents", collection="claims"))["data"]) == 1
    nothing: dict[str, object] = {"data": [], "next_cursor": None}
    assert json_of(bob.get("/documents", collection="claims")) == nothing
    assert json_of(bob.get("/documents", collection="nowhere")) == nothing


def test_outputs_of_a_version_that_the_key_may_not_see_are_not_found(
    alice: Caller, bob: Caller
) -> None:
    document = {"content": "Dental care is covered.", "collection": "claims"}
    version_id = json_of(alice.post("/documents", document))["version_id"]
    assert json_of(alice.get(f"/versions/{version_id}/outputs"))["data"] == []
    assert bob.get(f"/versions/{version_id}/outputs").status_code == 404
    assert alice.get(f"/versions/{UNKNOWN}/outputs").status_code == 404


def test_outputs_of_a_document_and_of_a_passage_are_listed_and_what_is_misspelt_is_refused(
    alice: Caller, bob: Caller
) -> None:
    document = {"content": "Dental care is covered.", "collection": "claims"}
    submitted = json_of(alice.post("/documents", document))
    address = f"/documents/{submitted['document_id']}/outputs"
    assert json_of(alice.get(address)) == {"data": [], "next_cursor": None}
    assert bob.get(address).status_code == 404
    assert alice.get(f"/documents/{UNKNOWN}/outputs").status_code == 404
    assert pointers(alice.get(address, relation="used")) == ["#/relation"]
    assert pointers(alice.get(address, chunk_id=UNKNOWN)) == ["#/chunk_id"]
    version = f"/versions/{submitted['version_id']}/outputs"
    assert json_of(alice.get(version, chunk_id=UNKNOWN))["data"] == []
    assert pointers(alice.get(version, chunk_id="7")) == ["#/chunk_id"]


def test_outputs_of_a_version_take_no_filter_that_they_do_not_know(alice: Caller) -> None:
    document = {"content": "Dental care is covered.", "collection": "claims"}
    version_id = json_of(alice.post("/documents", document))["version_id"]
    answer = alice.get(f"/versions/{version_id}/outputs", model="any")
    assert pointers(answer) == ["#/model"]


def test_outputs_can_be_filtered_by_their_review(alice: Caller) -> None:
    assert alice.get("/outputs", review_status="unreviewed").status_code == 200
