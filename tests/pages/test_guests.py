"""A guest reads what the link says, under a name, and nothing else; who invited sees it all."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse
from django.urls.converters import IntConverter
from django.utils import timezone

from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL, Principal, principal_of_user
from provenance.accounts.models import Role
from provenance.cases.casework import open_case
from provenance.cases.reviewing import raise_finding
from provenance.eventstore.ids import new_id
from provenance.eventstore.models import Event
from provenance.link_secrets import WithoutSecrets
from provenance.pages.guest_access import COOKIE
from provenance.readers import inviting
from provenance.readers.attempts import MOST_A_MINUTE
from provenance.readers.guests import Scope
from provenance.readers.masking import MASK
from provenance.review.finding import Target
from retrieval.generations import commands
from retrieval.recording.commands import report_prompt
from tests.cases.conftest import person
from tests.exports.stories import SEED, failures, files_of
from tests.pages.test_reviewing import signed_in
from tests.readers.test_record_views import viewed
from tests.recording.conftest import documents
from tests.recording.stories import ALICE, QUESTION, ask, hand_in, output_of
from tests.review.conftest import erase

__all__ = ["documents", "erase"]
pytestmark = pytest.mark.django_db
Step = Callable[[], None]
TELEPHONE, MAIL, CARD = "0170 1234567", "anna@example.com", "4111 1111 1111 1111"
CLAIMS = (
    f"# Claims\n\nThe waiting period for dental treatment of members is 8 months. Call {TELEPHONE}."
    f"\n\n{'Other rules follow here. ' * 80}\n\nNever shown to guests: the far end.\n"
)
SECRETS = (TELEPHONE, MAIL, CARD, "anna-berg", "CLM-77", "vip-tag")
DOOR = ("guest/", "^guest/")
CONTEXT = {"user_ref": "anna-berg", "subject_refs": ["CLM-77"], "tags": ["vip-tag"]}


@pytest.fixture
def alice() -> Principal:
    return principal_of_user(person("alice"))


@pytest.fixture
def output_id(documents: dict[str, Any], run_work: Step) -> UUID:  # noqa: ARG001
    """An answer whose question, prompt, passages and words hold what names people."""
    hand_in(CLAIMS, "claims")
    run_work()
    return answer(run_work)


def answer(run_work: Step) -> UUID:
    found = ask()
    told = "\n\n".join(result["text"] for result in found["results"])
    prompt = report_prompt(
        principal=ALICE,
        retrieval_ids=[UUID(found["retrieval_id"])],
        messages=[{"role": "user", "content": f"{told}\n\n{QUESTION} I am {MAIL}."}],
        context=CONTEXT,
    )
    output = output_of(
        prompt.prompt_id,
        f"The waiting period for dental treatment is 8 months. Write to {MAIL}, pay with {CARD}.",
        context=CONTEXT,
    )
    run_work()
    return output


def case_of(alice: Principal, output_id: UUID, run_work: Step) -> UUID:
    case_id = new_id()
    open_case(case_id=case_id, title="Complaints", outputs=[output_id], principal=alice)
    run_work()
    return case_id


def link_of(alice: Principal, scope: Scope, **more: Any) -> tuple[UUID, str]:
    return inviting.invite_guest(
        **{
            "name": "Grace of the Audit Office",
            "scope": scope,
            "expires_at": timezone.now() + timedelta(days=3),
            "redacted": False,
            "principal": alice,
            **more,
        }
    )


def entered(secret: str) -> Client:
    client = Client()
    assert client.get(f"/guest/{secret}/").status_code == 200
    assert client.post("/guest/enter/", {"secret": secret}).status_code == 302
    return client


@pytest.fixture
def grace(alice: Principal, output_id: UUID, run_work: Step) -> Client:
    _, secret = link_of(alice, Scope(case_id=case_of(alice, output_id, run_work)))
    return entered(secret)


@pytest.fixture
def redacted(alice: Principal, output_id: UUID, run_work: Step) -> Client:
    scope = Scope(case_id=case_of(alice, output_id, run_work))
    return entered(link_of(alice, scope, redacted=True)[1])


def test_a_guest_of_a_case_reads_its_review_unless_it_is_masked(
    grace: Client, redacted: Client, alice: Principal, output_id: UUID, run_work: Step
) -> None:
    address = f"/guest/outputs/{output_id}/"
    assert "Nothing was found" not in grace.get(address).content.decode()
    raise_finding(
        output_id=output_id,
        finding_id=new_id(),
        statement="Says <b>eight</b> months of Anna.",
        severity="major",
        principal=alice,
    )
    run_work()
    page = grace.get(address).content.decode()
    assert "Says &lt;b&gt;eight&lt;/b&gt; months of Anna." in page
    assert "<form" not in page.partition('id="review"')[2].partition("</section>")[0]
    assert "of Anna" not in redacted.get(address).content.decode()
    now = timezone.now()
    scope = Scope(since=now - timedelta(days=1), until=now + timedelta(days=1))
    timely = entered(link_of(alice, scope)[1])
    page = timely.get(address).content.decode()
    assert "8 months" in page
    assert "of Anna" not in page


def links(page: str) -> set[str]:
    return set(re.findall(r'(?:href|action|src|hx-get)="([^"#]+)', page))


def versions_in(page: str) -> set[str]:
    return {link for link in links(page) if "/versions/" in link}


def test_looking_at_a_link_does_not_enter(alice: Principal) -> None:
    now = timezone.now()
    _, secret = link_of(alice, Scope(since=now - timedelta(days=1), until=now))
    preview = Client()
    answered = preview.get(f"/guest/{secret}/")
    assert "You are invited to read" in answered.content.decode()
    assert answered["Referrer-Policy"] == "strict-origin"
    assert answered["Cache-Control"] == "private, no-store"
    assert COOKIE not in preview.cookies
    assert preview.get("/guest/").status_code == 403
    assert not Event.objects.filter(type="GuestEntered").exists()


def test_the_cookie_of_a_guest_is_as_strict_as_that_of_a_person(grace: Client) -> None:
    cookie = grace.cookies[COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/guest/", True, "Lax")
    assert 0 < cookie["max-age"] <= 12 * 3600
    assert "sessionid" not in grace.cookies


def test_a_guest_reads_an_output_down_to_the_words_of_its_versions(
    grace: Client, output_id: UUID, run_work: Step
) -> None:
    listed = grace.get("/guest/").content.decode()
    assert f"/guest/outputs/{output_id}/" in links(listed)
    trace = grace.get(f"/guest/outputs/{output_id}/").content.decode()
    for words in (QUESTION, MAIL, "anna-berg", "CLM-77", "vip-tag"):
        assert words in trace
    shown = ""
    for version in versions_in(trace):
        shown += grace.get(version).content.decode()
    assert "<mark" in shown
    assert "Storm damage" in shown or "waiting period" in shown
    guest_id = Event.objects.filter(type="GuestInvited").values_list("stream", flat=True).get()
    kinds = [(kind, who) for kind, _, who in viewed()]
    who = guest_id.removeprefix("guest-")
    assert kinds == [("output", who)] + [("version", who)] * len(versions_in(trace))
    run_work()
    looked = signed_in("eve", Role.AUDITOR).get("/views/").content.decode()
    assert "Grace of the Audit Office (guest)" in looked


def test_only_the_surroundings_of_a_passage_are_shown(
    grace: Client, output_id: UUID, documents: dict[str, Any]
) -> None:
    trace = grace.get(f"/guest/outputs/{output_id}/").content.decode()
    for version in versions_in(trace):
        assert "the far end" not in grace.get(version).content.decode()
    unrelated = hand_in("# Secret\n\nNobody asked for this.\n", "secret").version_id
    for version_id in (unrelated, uuid4()):
        address = f"/guest/outputs/{output_id}/versions/{version_id}/"
        assert grace.get(address).status_code == 404
    assert documents["dental"].version_id


def test_a_guest_sees_the_text_that_the_passages_were_of_then(
    alice: Principal, run_work: Step, settings: Any
) -> None:
    """Where the place of a passage holds other words in the first text of its version."""
    content = b"<nav>What is on offer today</nav><main>The waiting period is 8 months.</main>"
    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL, content=content, external_id="page", media_type="text/html"
    )
    run_work()
    outputs = [answer(run_work)]
    settings.HTML_TEXT = "content"
    commands.start_generation(
        embedding_model=None,
        activate_when_verified=True,
        principal=SYSTEM_PRINCIPAL,
        reading=commands.TODAY,
    )
    run_work()
    outputs.append(answer(run_work))
    shown = []
    for output_id in outputs:
        guest = entered(link_of(alice, Scope(case_id=case_of(alice, output_id, run_work)))[1])
        page = guest.get(f"/guest/outputs/{output_id}/versions/{submitted.version_id}/")
        shown.append(re.findall(r"<mark[^>]*>([^<]*)", page.content.decode()))
    assert "on offer" in shown[0][0]
    assert shown[1] == ["The waiting period is 8 months."]


def test_a_guest_takes_the_evidence_and_the_proof(
    grace: Client, output_id: UUID, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = SEED
    address = f"/guest/outputs/{output_id}/"
    taken = grace.get(f"{address}evidence/")
    files = files_of(taken.getvalue())
    assert failures(files, files["log.vkey"].decode().strip()) == []
    trace = grace.get(address).content.decode()
    for link in links(trace):
        if "/events/" in link:
            assert grace.get(link).status_code == 200
    other = Event.objects.filter(type="CaseOpened").values_list("event_id", flat=True).get()
    for what in ("proof", "bytes"):
        assert grace.get(f"{address}events/{other}/{what}/").status_code == 404


def test_a_redacted_guest_sees_nobody_s_address_or_number(
    redacted: Client, output_id: UUID, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = SEED
    address = f"/guest/outputs/{output_id}/"
    trace = redacted.get(address).content.decode()
    pages = [redacted.get("/guest/").content.decode(), trace]
    pages += [redacted.get(link).content.decode() for link in versions_in(trace)]
    for page in pages:
        assert MASK in page
        assert "computed aid" in page
        assert [secret for secret in SECRETS if secret in page] == []
    assert redacted.get(f"{address}evidence/").status_code == 404
    assert f"{address}evidence/" not in trace
    assert not Event.objects.filter(type="EvidenceExported").exists()


def test_no_link_of_a_guest_s_page_leads_out(grace: Client, output_id: UUID) -> None:
    trace = grace.get(f"/guest/outputs/{output_id}/").content.decode()
    pages = [grace.get("/guest/").content.decode(), trace, grace.get("/guest/x/").content.decode()]
    pages += [grace.get(version).content.decode() for version in versions_in(trace)]
    for page in pages[:2] + pages[3:]:
        out = {each for each in links(page) if not each.startswith(("/guest/", "/static/", "?"))}
        assert out == set()


def test_a_guest_of_one_case_finds_nothing_of_another(
    grace: Client, alice: Principal, run_work: Step, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = SEED
    other = answer(run_work)
    case_of(alice, other, run_work)
    event_id = (
        Event.objects.filter(stream=f"output-{other}", type="OutputReported")
        .values_list("event_id", flat=True)
        .get()
    )
    address = f"/guest/outputs/{other}/"
    assert address not in grace.get("/guest/").content.decode()
    for path in ("", "evidence/", f"events/{event_id}/proof/", f"events/{event_id}/bytes/"):
        assert grace.get(address + path).status_code == 404
    assert viewed() == []


def test_no_other_page_opens_for_a_guest(grace: Client, output_id: UUID) -> None:
    """Every page there is, of the records that the guest may read where it takes an output."""
    grace.cookies[COOKIE]["path"] = "/"
    given = {"output_id": output_id}
    addresses = [
        reverse(
            f"pages:{pattern.name}",
            kwargs={
                name: given.get(name, 1 if isinstance(converter, IntConverter) else uuid4())
                for name, converter in pattern.pattern.converters.items()
            },
        )
        for pattern in get_resolver("provenance.pages.urls").url_patterns
        if isinstance(pattern, URLPattern) and not str(pattern.pattern).startswith(DOOR)
    ]
    assert len(addresses) > 60
    opened = {
        address
        for address in addresses
        for ask_for in (grace.get, grace.post)
        if ask_for(address).status_code == 200
    }
    assert opened == {"/accounts/login/"}
    assert grace.get("/api/v1/outputs").status_code == 401


def test_a_person_s_session_opens_no_guest_page(alice: Principal, output_id: UUID) -> None:  # noqa: ARG001
    client = signed_in("bob", Role.ADMINISTRATOR)
    for path in ("", f"outputs/{output_id}/"):
        assert client.get(f"/guest/{path}").status_code == 403


def test_revoking_shuts_the_guest_out_at_once(
    alice: Principal, output_id: UUID, run_work: Step
) -> None:
    guest_id, secret = link_of(alice, Scope(case_id=case_of(alice, output_id, run_work)))
    grace = entered(secret)
    inviter = signed_in("bob", Role.REVIEWER)
    run_work()
    assert "Grace of the Audit Office" in inviter.get("/accounts/guests/").content.decode()
    assert inviter.post(f"/accounts/guests/{guest_id}/revocation/").status_code == 302
    for address in ("/guest/", f"/guest/outputs/{output_id}/"):
        shut = grace.get(address)
        assert (shut.status_code, "Nothing opens here" in shut.content.decode()) == (403, True)
    assert grace.get(f"/guest/{secret}/").status_code == 404
    assert grace.post("/guest/enter/", {"secret": secret}).status_code == 404
    assert viewed() == []


def test_a_guest_who_leaves_is_out(grace: Client) -> None:
    left = grace.post("/guest/leave/")
    assert left.cookies[COOKIE]["max-age"] == 0
    assert grace.get("/guest/").status_code == 403


def test_an_erased_output_shows_as_erased(
    grace: Client, output_id: UUID, erase: Callable[[Target], UUID]
) -> None:
    erase(Target("interaction", target_id=output_id))
    assert "erased on" in grace.get("/guest/").content.decode()
    trace = grace.get(f"/guest/outputs/{output_id}/").content.decode()
    assert "nobody can read its words again" in trace
    assert MAIL not in trace


def test_wrong_links_are_slowed_down_by_address(alice: Principal) -> None:
    now = timezone.now()
    _, secret = link_of(alice, Scope(since=now - timedelta(days=1), until=now))
    stranger = Client(REMOTE_ADDR=f"192.0.2.{now.microsecond % 250}-{now.timestamp()}")
    answers = [stranger.get(f"/guest/{'x' * 43}/") for _ in range(2 * MOST_A_MINUTE + 2)]
    assert answers[0].status_code == 404
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) <= 60
    assert Client(REMOTE_ADDR="198.51.100.7").get(f"/guest/{secret}/").status_code == 200


def test_the_secret_of_a_link_stands_in_no_log(alice: Principal) -> None:
    now = timezone.now()
    _, secret = link_of(alice, Scope(since=now - timedelta(days=1), until=now))
    line = logging.LogRecord(
        "x", logging.ERROR, __file__, 1, '"GET %s HTTP/1.1" 500', (f"/guest/{secret}/",), None
    )
    assert WithoutSecrets().filter(line)
    assert line.getMessage() == '"GET /guest/…/ HTTP/1.1" 500'


@pytest.fixture
def form() -> dict[str, Any]:
    return {
        "name": "Grace",
        "what": "range",
        "since": "2026-11-01",
        "until": "2026-11-30",
        "days": "14",
        "redacted": "on",
    }


def test_an_inviter_is_shown_the_link_once(form: dict[str, Any], run_work: Step) -> None:
    inviter = signed_in("bob", Role.REVIEWER)
    made = inviter.post("/accounts/guests/invite/", form).content.decode()
    link = re.findall(r"http://testserver(/guest/[\w-]{43}/)", made)
    assert len(link) == 1
    assert Client().get(link[0]).status_code == 200
    run_work()
    again = inviter.get("/accounts/guests/").content.decode()
    assert link[0] not in again
    assert "1 Nov 2026" in again
    assert "30 Nov 2026" in again


def test_a_case_offers_to_invite_a_guest_to_it(
    alice: Principal, output_id: UUID, run_work: Step
) -> None:
    case_id = case_of(alice, output_id, run_work)
    inviter = signed_in("bob", Role.REVIEWER)
    offered = f"/accounts/guests/?case={case_id}"
    assert offered in inviter.get(f"/reviews/cases/{case_id}/").content.decode()
    assert f'<option value="{case_id}" selected>' in inviter.get(offered).content.decode()
    auditor = signed_in("eve", Role.AUDITOR)
    assert offered not in auditor.get(f"/reviews/cases/{case_id}/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 201),
        ("what", "everything"),
        ("since", ""),
        ("until", "2026-10-01"),
        ("days", "0"),
        ("days", "91"),
        ("days", "x"),
    ],
)
def test_a_wrong_invitation_names_the_field(form: dict[str, Any], field: str, value: str) -> None:
    answered = signed_in("bob", Role.REVIEWER).post(
        "/accounts/guests/invite/", {**form, field: value}
    )
    assert answered.status_code == 422
    assert f"id_{field}" in answered.content.decode()
    assert 'class="error"' in answered.content.decode()
    assert not Event.objects.filter(type="GuestInvited").exists()


def test_a_case_that_is_not_there_is_refused(form: dict[str, Any]) -> None:
    answered = signed_in("bob", Role.REVIEWER).post(
        "/accounts/guests/invite/", {**form, "what": "case", "case": str(uuid4())}
    )
    assert answered.status_code == 422


@pytest.mark.parametrize(
    ("role", "collections", "status"),
    [(Role.AUDITOR, None, 403), (Role.REVIEWER, ["default"], 404)],
    ids=["auditor", "kept out of a collection"],
)
def test_who_may_not_invite_finds_no_page_for_it(
    form: dict[str, Any], role: Role, collections: Any, status: int
) -> None:
    client = signed_in("bob", role, collections=collections)
    assert client.get("/accounts/guests/").status_code == status
    assert client.post("/accounts/guests/invite/", form).status_code == status
    assert client.post(f"/accounts/guests/{uuid4()}/revocation/").status_code == status
    assert Client().get("/accounts/guests/").status_code == 302


def test_more_outputs_and_guests_take_no_more_queries(
    alice: Principal, output_id: UUID, run_work: Step
) -> None:
    now = timezone.now()
    scope = Scope(since=now - timedelta(days=1), until=now + timedelta(days=1))
    bob, grace = signed_in("bob", Role.ADMINISTRATOR), entered(link_of(alice, scope)[1])

    def count(client: Client, address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    run_work()
    pages = (
        (grace, "/guest/"),
        (grace, f"/guest/outputs/{output_id}/"),
        (bob, "/accounts/guests/"),
    )
    before = [count(client, address) for client, address in pages]
    for _ in range(3):
        answer(run_work)
        link_of(alice, scope)
    run_work()
    assert [count(client, address) for client, address in pages] == before
    assert max(before) <= 15
