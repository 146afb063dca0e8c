"""Reviewers ask for erasures, administrators decide, and everybody sees what became of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from provenance.accounts.models import Role
from provenance.review.models import ErasureEntry, HoldEntry
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import ask, hand_in, output_of, prompt_of

pytestmark = pytest.mark.django_db
Step = Callable[[], None]
PERSON = {"scope": "subject", "reference": "person-4711"}
REASON = {"reason": "They asked us to."}


@pytest.fixture
def story(run_work: Step) -> dict[str, Any]:
    run_work()
    note = hand_in("# Dental\n\nThe waiting period for dental treatment is 8 months.\n", "note")
    run_work()
    answer = ask(context={"user_ref": "person-4711"})
    output_id = output_of(prompt_of(answer), "Eight <b>months</b>.")
    run_work()
    return {"output": str(output_id), "document": str(note.document_id)}


@pytest.fixture
def rita(db: None) -> Client:  # noqa: ARG001
    return signed_in("rita", Role.REVIEWER)


@pytest.fixture
def adam(db: None) -> Client:  # noqa: ARG001
    return signed_in("adam", Role.ADMINISTRATOR)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def asked(client: Client, run_work: Step, **more: str) -> str:
    answer = client.post("/reviews/erasures/new/", {**PERSON, **REASON, **more})
    assert answer.status_code == 302
    run_work()
    return str(answer["Location"])


def test_a_reviewer_sees_what_would_go_before_asking(rita: Client, story: dict[str, Any]) -> None:
    shown = rita.post("/reviews/erasures/new/", PERSON)
    assert shown.status_code == 200
    assert re.search(r"Outputs 1 .*Prompts 1 .*Retrievals 1", text_of(shown))
    assert story["output"] in shown.content.decode()
    assert "another person" in text_of(shown)
    assert not ErasureEntry.objects.exists()


@pytest.mark.usefixtures("story")
def test_another_person_approves_and_the_page_hands_out_the_certificate(
    rita: Client, adam: Client, story: dict[str, Any], run_work: Step
) -> None:
    page = asked(rita, run_work)
    assert "must approve" in text_of(rita.get(page))
    assert rita.post(f"{page}approval/", {"understood": "1"}).status_code == 403
    unread = adam.post(f"{page}approval/", {})
    assert (unread.status_code, "nothing was approved" in text_of(unread)) == (422, True)
    assert adam.post(f"{page}approval/", {"understood": "1"}).status_code == 302
    assert "being carried out" in text_of(rita.get(page))
    run_work()
    done = text_of(rita.get(page))
    assert "erased and certified" in done
    assert "Keys destroyed 3 of 3 found" in done
    assert "person-4711" not in done
    certificate = rita.get(f"{page}certificate/")
    assert certificate["Content-Disposition"].startswith("attachment")
    assert b"events affected 3\n" in certificate.content
    trace = text_of(rita.get(f"/outputs/{story['output']}/"))
    assert "Erased on" in trace
    assert "The prompt was erased" in trace
    assert "erased on" in text_of(rita.get("/outputs/"))
    assert "erased and certified" in text_of(rita.get("/reviews/erasures/"))


@pytest.mark.usefixtures("story")
def test_nobody_approves_what_they_asked_for(adam: Client, run_work: Step) -> None:
    page = asked(adam, run_work)
    assert "You asked for this" in text_of(adam.get(page))
    refused = adam.post(f"{page}approval/", {"understood": "1"})
    assert (refused.status_code, "somebody else must" in text_of(refused)) == (409, True)
    assert adam.post(f"{page}rejection/", REASON).status_code == 302
    run_work()
    assert "rejected" in text_of(adam.get(page))


def test_an_erased_document_says_so_wherever_it_is_named(
    rita: Client, adam: Client, story: dict[str, Any], run_work: Step
) -> None:
    document = f"/documents/{story['document']}/"
    assert "Ask for the erasure of this document" in text_of(rita.get(document))
    asking = rita.get(f"/reviews/erasures/new/?document_id={story['document']}")
    assert story["document"] in asking.content.decode()
    page = asked(rita, run_work, scope="document", reference=story["document"])
    adam.post(f"{page}approval/", {"understood": "1"})
    run_work()
    shown = text_of(rita.get(document))
    assert "erased on" in shown
    assert "Withdraw this document" not in shown
    trace = text_of(rita.get(f"/outputs/{story['output']}/"))
    assert "The passage was erased with its document" in trace
    assert "document version" in trace


@pytest.mark.usefixtures("story")
def test_a_hold_is_placed_by_an_administrator_and_forbids_the_erasure(
    rita: Client, adam: Client, run_work: Step
) -> None:
    assert rita.post("/reviews/holds/place/", {**PERSON, **REASON}).status_code == 403
    assert adam.post("/reviews/holds/place/", PERSON).status_code == 422
    assert adam.post("/reviews/holds/place/", {**PERSON, **REASON}).status_code == 302
    run_work()
    assert "1 hold stands" in text_of(rita.get("/reviews/holds/"))
    assert "A legal hold forbids this" in text_of(rita.post("/reviews/erasures/new/", PERSON))
    refused = rita.post("/reviews/erasures/new/", {**PERSON, **REASON})
    assert refused.status_code == 409
    hold = HoldEntry.objects.get()
    assert adam.post(f"/reviews/holds/{hold.hold_id}/release/", REASON).status_code == 302
    run_work()
    assert "No hold stands" in text_of(adam.get("/reviews/holds/"))


def test_bad_input_is_answered_beside_its_field(rita: Client) -> None:
    wrong = rita.post("/reviews/erasures/new/", {"scope": "document", "reference": "seven"})
    assert (wrong.status_code, "An id looks like" in text_of(wrong)) == (422, True)
    nothing = rita.post("/reviews/erasures/new/", {"scope": "subject", "reference": "nobody"})
    assert "Nothing that can still be read" in text_of(nothing)


@pytest.mark.usefixtures("story")
def test_auditors_read_and_people_kept_out_of_a_collection_see_nothing(
    rita: Client, run_work: Step
) -> None:
    page = asked(rita, run_work)
    auditor = signed_in("audrey", Role.AUDITOR)
    assert auditor.get(page).status_code == 200
    assert auditor.get("/reviews/erasures/new/").status_code == 403
    assert auditor.post(f"{page}rejection/", REASON).status_code == 403
    kept_out = signed_in("kim", Role.REVIEWER, collections=["claims"])
    for address in ("/reviews/erasures/", "/reviews/erasures/new/", page, "/reviews/holds/"):
        assert kept_out.get(address).status_code == 404
