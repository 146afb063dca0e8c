"""How much is recorded changes what a page shows, never how many queries it takes."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL, principal_of_user
from provenance.accounts.commands import create_api_key, create_user
from provenance.accounts.models import Role, User
from provenance.cases.events import QueueRule
from provenance.cases.queues import define_queue
from provenance.cases.reviewing import comment_on_output
from provenance.eventstore.ids import new_id
from retrieval.commands import retrieve
from retrieval.recording.commands import report_output, report_prompt

pytestmark = pytest.mark.django_db
# A trace with a review, long texts and changed wording: all that one can hold.
MOST = 14
# The overview asks six questions about everything, and what waits in queues.
OVERVIEW_MOST = 32
LISTS = (
    "/",
    "/outputs/",
    "/prompts/",
    "/documents/",
    "/stale/",
    "/coverage/",
    "/impact/models/",
    "/impact/templates/",
    "/time/",
    "/time/?show=changes&position=0",
    "/reviews/",
    "/reviews/?list=open",
    "/reviews/cases/",
    "/reviews/queues/",
    "/log/",
    "/integrity/",
    "/pipeline/",
    "/accounts/people/",
    "/accounts/keys/",
)


@pytest.fixture
def alice() -> Client:
    user = create_user(
        principal=SYSTEM_PRINCIPAL,
        username="alice",
        password="a long enough pass phrase",  # noqa: S106
        role=Role.ADMINISTRATOR,
    )
    client = Client()
    client.force_login(user)
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def hand_in(name: str, *, versions: int) -> str:
    for number in range(versions):
        submitted = submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=f"# {name}\n\nThe waiting period is {number} days for {name}.\n".encode(),
            external_id=name,
            collection="policies",
            media_type="text/markdown",
        )
    return f"/documents/{submitted.document_id}/"


def ask(*, times: int, sentences: int) -> str:
    """The trace of an output whose prompt rests on that many retrievals."""
    answers = [
        retrieve(principal=SYSTEM_PRINCIPAL, query=f"waiting period {number}", top_k=20)
        for number in range(times)
    ]
    texts = [result["text"] for answer in answers for result in answer["results"]]
    prompt = report_prompt(
        principal=SYSTEM_PRINCIPAL,
        retrieval_ids=[answer["retrieval_id"] for answer in answers],
        messages=[{"role": "user", "content": text} for text in texts],
    )
    output = report_output(
        principal=SYSTEM_PRINCIPAL,
        prompt_id=prompt.prompt_id,
        text=" ".join(f"The waiting period is {n} days." for n in range(sentences)),
        model="model-1",
    )
    return f"/outputs/{output.output_id}/"


def test_no_page_takes_more_queries_when_more_is_recorded(
    alice: Client, run_work: Callable[[], None]
) -> None:
    document = hand_in("Travel", versions=2)
    for rule in (QueueRule(unsupported=True), QueueRule(outdated=True)):
        define_queue(queue_id=new_id(), name="Q", rule=rule, principal=SYSTEM_PRINCIPAL)
    run_work()
    trace = ask(times=1, sentences=1)
    run_work()
    hand_in("Travel", versions=3)
    run_work()
    impacts = (f"{document}impact/", "/impact/models/?model=model-1")
    before = {address: queries(alice, address) for address in (*LISTS, document, *impacts, trace)}

    for number in range(6):
        hand_in(f"Policy {number}", versions=3)
        create_api_key(principal=SYSTEM_PRINCIPAL, application=f"app-{number}", scopes=["read"])
    hand_in("Travel", versions=5)
    run_work()
    large = ask(times=8, sentences=60)
    for _ in range(3):
        ask(times=2, sentences=2)
    run_work()
    hand_in("Travel", versions=3)
    run_work()
    after = {address: queries(alice, address) for address in (*LISTS, document, *impacts)}
    after[trace] = queries(alice, large)

    assert after == before
    assert after["/"] <= OVERVIEW_MOST


def test_a_trace_with_everything_that_one_can_hold_takes_few_queries(
    alice: Client, run_work: Callable[[], None]
) -> None:
    hand_in("Travel", versions=2)
    run_work()
    trace = ask(times=4, sentences=400)
    output_id = UUID(trace.split("/")[2])
    reviewer = principal_of_user(User.objects.get(username="alice"))
    for said in ("Too short.", "Much too long. " * 900):
        comment_on_output(output_id=output_id, comment_id=new_id(), text=said, principal=reviewer)
    run_work()
    hand_in("Travel", versions=3)
    run_work()

    page = alice.get(trace).content.decode()
    assert "since changed" in page
    assert "in review" in page.lower()
    assert queries(alice, trace) <= MOST
