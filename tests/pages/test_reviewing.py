"""Every page opens for a reviewer on real data, and hostile text stays text."""

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ingestion.commands import submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_user
from provenance.accounts.models import Role
from retrieval.commands import retrieve
from retrieval.recording.commands import report_output, report_prompt

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
PASSWORD = "a long enough pass phrase"  # noqa: S105
MOST_QUERIES = 15
# The overview asks six questions about everything; none of them reads more for a longer log.
OVERVIEW_QUERIES = 30


def signed_in(name: str, role: Role, **more: list[str]) -> Client:
    create_user(
        principal=SYSTEM_PRINCIPAL,
        username=name,
        password=PASSWORD,
        role=role,
        collections=more.get("collections"),
    )
    client = Client()
    assert client.login(username=name, password=PASSWORD)
    return client


@pytest.fixture
def story(run_work: Callable[[], None]) -> dict[str, str]:
    submitted = submit_document(
        principal=SYSTEM_PRINCIPAL,
        content=f"# Travel {HOSTILE}\n\nThe waiting period is 14 days.\n".encode(),
        external_id="travel",
        collection="policies",
        media_type="text/markdown",
    )
    run_work()
    answer = retrieve(principal=SYSTEM_PRINCIPAL, query=f"waiting period {HOSTILE}")
    passage = answer["results"][0]
    prompt = report_prompt(
        principal=SYSTEM_PRINCIPAL,
        retrieval_ids=[answer["retrieval_id"]],
        messages=[{"role": "user", "content": f"{passage['text']} {HOSTILE}"}],
    )
    output = report_output(
        principal=SYSTEM_PRINCIPAL,
        prompt_id=prompt.prompt_id,
        text=f"The waiting period is 14 days. {HOSTILE}",
        model="extractive",
    )
    run_work()
    return {
        "output": str(output.output_id),
        "document": str(submitted.document_id),
        "version": str(submitted.version_id),
        "chunk": passage["chunk_id"],
    }


def addresses(story: dict[str, str]) -> list[str]:
    return [
        "/",
        "/outputs/",
        "/outputs/?q=waiting&since=2026-01-01&tag=none",
        f"/outputs/{story['output']}/",
        "/documents/",
        f"/documents/{story['document']}/",
        f"/versions/{story['version']}/",
        f"/versions/{story['version']}/?chunk={story['chunk']}",
        "/documents/upload/",
        "/log/",
    ]


def test_every_page_opens_and_shows_hostile_text_as_text(story: dict[str, str]) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    for address in addresses(story):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = alice.get(address)
        assert page.status_code == 200, address
        assert HOSTILE.encode() not in page.content, address
        most = OVERVIEW_QUERIES if address == "/" else MOST_QUERIES
        assert len(queries) <= most, (address, len(queries))


def test_the_trace_names_the_version_and_what_nothing_supports(story: dict[str, str]) -> None:
    page = signed_in("alice", Role.REVIEWER).get(f"/outputs/{story['output']}/").content.decode()
    assert "The waiting period is 14 days." in page
    assert f"/versions/{story['version']}/?chunk={story['chunk']}" in page
    assert "not a verdict" in page


def test_nobody_sees_a_page_without_signing_in(story: dict[str, str]) -> None:
    for address in addresses(story):
        answer = Client().get(address)
        assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True)


def test_a_person_kept_out_of_a_collection_finds_nothing_of_it(story: dict[str, str]) -> None:
    bob = signed_in("bob", Role.REVIEWER, collections=["claims"])
    for kind in ("documents", "versions"):
        assert bob.get(f"/{kind}/{story[kind.removesuffix('s')]}/").status_code == 404
    assert b"Travel" not in bob.get("/documents/").content
    assert bob.get(f"/outputs/{story['output']}/").status_code == 404


def test_an_auditor_may_not_hand_in(story: dict[str, str]) -> None:
    charlie = signed_in("charlie", Role.AUDITOR)
    assert charlie.get("/documents/upload/").status_code == 403
    assert charlie.post(f"/documents/{story['document']}/withdrawal/").status_code == 403


def test_what_was_handed_in_beside_a_refused_file_is_followed_to_its_end() -> None:
    alice = signed_in("alice", Role.REVIEWER)
    files = [
        SimpleUploadedFile("a.md", b"# A", content_type="text/markdown"),
        SimpleUploadedFile("b.png", b"PNG", content_type="image/png"),
    ]
    page = alice.post("/documents/upload/", {"files": files, "collection": "default"})
    assert page.status_code == 422
    assert "b.png" in page.content.decode()
    followed = re.search(
        r'hx-get="(/documents/upload/\?version=[0-9a-f-]+)"', page.content.decode()
    )
    assert followed is not None
    assert b"Handed in" in alice.get(followed[1]).content
