"""Reviews, cases and queues on their pages, by everybody who might open them."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from provenance.accounts.models import User
from provenance.cases.models import ReviewEntry
from provenance.cases.reviewing import read_review
from provenance.cases.reviews import Status
from provenance.cases.rubric import NAMES
from provenance.review.finding import Target
from tests.cases.conftest import PASSWORD, Cast, cast, documents, output_id
from tests.review.conftest import erase

__all__ = ["cast", "documents", "erase", "output_id"]
pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, name
    return found[1]


def sent(client: Client, address: str, **fields: Any) -> str:
    """The page that follows, which must say no problem."""
    answer = client.post(address, fields, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_a_reviewer_reviews_and_signs_on_one_page(
    output_id: UUID, cast: Cast, run_work: Callable[[], None]
) -> None:
    alice, address = client_of("alice"), f"/reviews/{output_id}/"
    page = alice.get(address).content.decode()
    assert "Nobody said so." in page
    sentence = re.search(r'<option value="(\d+-\d+)">2\. ', page)
    passage = re.search(r'<option value="([0-9a-f-]+/[0-9a-f-]+)">1\. ', page)
    assert sentence
    assert passage
    sent(alice, f"{address}assignment/", assignee=cast.alice.actor.id, due_on="2026-12-24")
    page = sent(
        alice,
        f"{address}findings/",
        id=hidden(page, "id"),
        statement=f"Nothing says so {HOSTILE}",
        severity="critical",
        sentence=sentence[1],
        passage=passage[1],
    )
    assert HOSTILE not in page
    assert "Sentence 2. Nobody said so." in page
    finding = re.search(r'id="finding-([0-9a-f-]+)"', page)
    assert finding
    sent(alice, f"{address}rubric/", note="Read.", **dict.fromkeys(NAMES, "yes"))
    refused = alice.post(f"{address}findings/{finding[1]}/resolution/", {"resolution": "accepted"})
    assert refused.status_code == 422
    sent(
        alice,
        f"{address}findings/{finding[1]}/resolution/",
        resolution="accepted",
        note="It may stay.",
    )
    page = sent(alice, f"{address}comments/", id=hidden(page, "id"), text="Well.")
    signature = {
        "seen": hidden(page, "seen"),
        "meaning": "approval",
        "printed_name": "Alice Example",
    }
    wrong = alice.post(f"{address}signature/", {**signature, "password": "not it"})
    assert wrong.status_code == 409
    assert b"not your password" in wrong.content
    assert b"not it" not in wrong.content
    page = sent(alice, f"{address}signature/", password=PASSWORD, **signature)
    assert "Alice Example" in page
    assert "Begin a new round" in page
    run_work()
    assert ReviewEntry.objects.get().status == Status.SIGNED
    trace = alice.get(f"/outputs/{output_id}/").content.decode()
    assert "Alice Example" in trace
    assert "approval" in trace
    for address in ("/reviews/?list=signed", "/outputs/?review_status=signed"):
        assert f"{output_id}/" in alice.get(address).content.decode(), address
    assert f"{output_id}/" not in alice.get("/outputs/?review_status=in_review").content.decode()


@pytest.mark.usefixtures("cast")
def test_each_person_does_what_their_role_allows(output_id: UUID) -> None:
    """The auditor reads only; what rests on a hidden collection is not there for others."""
    alice, carol = client_of("alice"), client_of("carol")
    page = carol.get("/reviews/cases/").content.decode()
    case = sent(
        alice, "/reviews/cases/open/", id=hidden(page, "id"), title="A case", outputs=str(output_id)
    )
    case_id = re.findall(r"/reviews/cases/([0-9a-f-]{36})/", case)[0]
    pages = {
        "/reviews/": (200, 200, 200),
        "/reviews/?list=nonsense": (404, 404, 404),
        "/reviews/cases/": (200, 200, 200),
        "/reviews/queues/": (200, 200, 200),
        f"/reviews/{output_id}/": (200, 404, 200),
        f"/reviews/cases/{case_id}/": (200, 404, 200),
    }
    posts = {
        f"/reviews/{output_id}/{step}/": (403, 404, 422)
        for step in ("rubric", "findings", "comments", "signature", "round")
    }
    posts |= {
        f"/reviews/{output_id}/case/": (403, 404, 422),
        f"/reviews/{output_id}/assignment/": (403, 404, 302),
        f"/reviews/{output_id}/findings/{output_id}/resolution/": (403, 404, 422),
        f"/reviews/cases/{case_id}/outputs/": (403, 404, 422),
        f"/reviews/cases/{case_id}/comments/": (403, 404, 422),
        f"/reviews/cases/{case_id}/hold/": (403, 403, 422),
        f"/reviews/cases/{case_id}/end/": (403, 404, 422),
        f"/reviews/cases/{case_id}/reopening/": (403, 404, 422),
        f"/reviews/cases/{case_id}/outputs/{output_id}/removal/": (403, 404, 422),
        "/reviews/queues/define/": (403, 403, 422),
        "/reviews/cases/open/": (403, 422, 422),
    }
    eve, mallory = client_of("eve"), client_of("mallory")
    for method, expected in (("get", pages), ("post", posts)):
        for address, statuses in expected.items():
            found = tuple(
                getattr(client, method)(address).status_code for client in (eve, mallory, carol)
            )
            assert found == statuses, (method, address)
            visitor = getattr(Client(), method)(address)
            assert (visitor.status_code, "/login/" in visitor["Location"]) == (302, True), address
    assert not [event for event in read_review(output_id)[0] if event.type != "ReviewAssigned"]
    page = eve.get(f"/reviews/{output_id}/").content.decode()
    assert not re.search(rf'action="/reviews/{output_id}/', page)


@pytest.mark.usefixtures("cast")
def test_second_thoughts_about_a_case_are_told_on_its_page(output_id: UUID) -> None:
    alice = client_of("alice")
    page = alice.get("/reviews/cases/").content.decode()
    page = sent(
        alice, "/reviews/cases/open/", id=hidden(page, "id"), title="Ours", outputs=str(output_id)
    )
    address = re.findall(r"/reviews/cases/[0-9a-f-]{36}/", page)[0]
    removal = f"{address}outputs/{output_id}/removal/"
    refused = alice.post(removal, {"reason": ""})
    assert (refused.status_code, b"details open" in refused.content) == (422, True)
    page = sent(alice, removal, reason=f"Not ours {HOSTILE}")
    assert "No output yet" in page
    assert "Not ours &lt;script&gt;" in page
    assert alice.post(removal, {"reason": "Again."}).status_code == 409
    sent(alice, f"{address}end/", reason="All well.")
    page = sent(alice, f"{address}reopening/", reason="A new letter.")
    assert "A new letter." in page
    assert "Close the case" in page


@pytest.mark.usefixtures("cast")
def test_the_review_of_an_erased_answer_says_so_and_takes_nothing_more(
    output_id: UUID, erase: Callable[[Target], UUID]
) -> None:
    alice, address = client_of("alice"), f"/reviews/{output_id}/"
    page = alice.get(address).content.decode()
    sent(alice, f"{address}comments/", id=hidden(page, "id"), text="A thought of mine.")
    erase(Target("interaction", target_id=output_id))
    page = alice.get(address).content.decode()
    assert "An erased output" in page
    assert "Erased with the output." in page
    assert "A thought of mine." not in page
    assert not re.search(rf'action="{address}', page)
    refused = alice.post(f"{address}round/", {"reason": "Again."})
    assert (refused.status_code, b"was erased" in refused.content) == (409, True)
    assert alice.get("/reviews/?list=open").status_code == 200


@pytest.mark.usefixtures("cast")
def test_an_administrator_holds_a_case_and_defines_a_queue(
    output_id: UUID, run_work: Callable[[], None]
) -> None:
    carol = client_of("carol")
    page = carol.get("/reviews/cases/").content.decode()
    page = sent(
        carol, "/reviews/cases/open/", id=hidden(page, "id"), title="Held", outputs=str(output_id)
    )
    case_id = re.findall(r"/reviews/cases/([0-9a-f-]{36})/", page)[0]
    assert "can be erased" in sent(carol, f"/reviews/cases/{case_id}/hold/", reason="A claim.")
    sent(carol, f"/reviews/cases/{case_id}/comments/", id=hidden(page, "id"), text="Look.")
    sent(carol, f"/reviews/cases/{case_id}/end/", reason="All well.")
    page = carol.get("/reviews/queues/").content.decode()
    refused = carol.post(
        "/reviews/queues/define/", {"id": hidden(page, "id"), "name": "Q", "share": "0"}
    )
    assert refused.status_code == 422
    sent(carol, "/reviews/queues/define/", id=hidden(page, "id"), name="Alone", unsupported="on")
    run_work()
    queue = hidden(page, "id")
    assert str(output_id) in carol.get(f"/reviews/?list={queue}").content.decode()
    assert "a sentence without support" in carol.get("/reviews/queues/").content.decode()
    assert str(case_id) in carol.get("/reviews/cases/?show=closed").content.decode()
    sent(carol, f"/reviews/queues/{queue}/retirement/")
    run_work()
    assert carol.get(f"/reviews/?list={queue}").status_code == 404
