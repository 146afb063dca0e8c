"""The one search finds each thing by each of its names, and nothing that is kept from somebody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ingestion.commands import Submitted, submit_document
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.models import Role
from provenance.eventstore.store import canonical_bytes, read_stream
from provenance.finding import records
from provenance.integrity.merkle import leaf_hash
from retrieval.commands import retrieve
from retrieval.recording.commands import report_output, report_prompt
from tests.pages.test_reviewing import HOSTILE, signed_in

pytestmark = pytest.mark.django_db


class Story:
    """A document, and an answer from it."""

    def __init__(self, run_work: Callable[[], None]) -> None:
        self.document: Submitted = submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=f"# Travel {HOSTILE}\n\nThe waiting period is 14 days.\n".encode(),
            title=f"Travel {HOSTILE}",
            external_id="TR-700",
            source_version="TR/2026-1",
            collection="policies",
            media_type="text/markdown",
        )
        run_work()
        answer = retrieve(principal=SYSTEM_PRINCIPAL, query=f"waiting period {HOSTILE}")
        self.retrieval = answer["retrieval_id"]
        self.chunk = answer["results"][0]["chunk_id"]
        self.sha256 = answer["results"][0]["content_sha256"]
        prompt = report_prompt(
            principal=SYSTEM_PRINCIPAL,
            retrieval_ids=[self.retrieval],
            text=f"{answer['results'][0]['text']} {HOSTILE}",
        )
        self.prompt = prompt.prompt_id
        self.output = report_output(
            principal=SYSTEM_PRINCIPAL,
            prompt_id=prompt.prompt_id,
            text=f"The waiting period is 14 days. {HOSTILE}",
            model="model-1",
            context={"subject_refs": ["CL-99"], "tags": ["vip"], "user_ref": "ann@example.test"},
        ).output_id
        run_work()
        event = read_stream(f"output-{self.output}")[0]
        self.event, self.position = event.event_id, event.position
        self.leaf = leaf_hash(canonical_bytes(event.event_id) or b"").hex()


@pytest.fixture
def story(run_work: Callable[[], None]) -> Story:
    return Story(run_work)


def found(client: Client, q: object, **more: str) -> dict[str, list[str]]:
    page = client.get("/search/", {"q": str(q), **more})
    assert page.status_code == 200
    assert HOSTILE not in page.content.decode()
    sections: list[Any] = page.context["sections"]
    return {each.group.kind: [str(hit.id) for hit in each.group.hits] for each in sections}


def test_each_thing_is_found_by_each_of_its_names(story: Story) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    document, version = str(story.document.document_id), str(story.document.version_id)
    output, retrieval, event = str(story.output), str(story.retrieval), str(story.event)
    for typed, kind, wanted in (
        ("waiting period", "output", output),
        ("waiting period", "retrieval", retrieval),
        (output, "output", output),
        (story.prompt, "output", output),
        (retrieval, "retrieval", retrieval),
        (retrieval, "output", output),
        ("CL-99", "reference", output),
        ("vip", "reference", output),
        ("ann@example.test", "reference", output),
        ("travel", "document", document),
        ("TR-700", "document", document),
        (document, "document", document),
        (version, "version", version),
        (story.chunk, "version", version),
        (story.sha256, "version", version),
        ("TR/2026-1", "version", version),
        (event, "event", event),
        (f"#{story.position}", "event", event),
        (story.leaf, "event", event),
    ):
        assert found(alice, typed).get(kind) == [wanted], (typed, kind)
    assert "alice" in alice.get("/search/", {"q": "ali"}).content.decode()


def test_a_reference_that_many_outputs_share_is_found_as_well(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "RARE", 0)
    assert found(signed_in("alice", Role.REVIEWER), "vip")["reference"] == [str(story.output)]


@pytest.mark.usefixtures("story")
def test_a_search_is_narrowed_by_kind_application_and_days() -> None:
    alice = signed_in("alice", Role.REVIEWER)
    assert list(found(alice, "waiting period", kind="retrieval")) == ["retrieval"]
    assert found(alice, "waiting period", until="2020-01-01") == {}
    assert found(alice, "waiting period", application="nobody's") == {}
    assert "output" in found(alice, "waiting period", since="2020-01-01", kind="nonsense")


def test_a_person_kept_out_of_the_collection_finds_nothing_of_it(story: Story) -> None:
    bob = signed_in("bob", Role.AUDITOR, collections=["claims"])
    for typed in (
        *("waiting period", "CL-99", "travel", "TR-700", "TR/2026-1", "bob"),
        *(story.output, story.prompt, story.retrieval, story.chunk, story.sha256, story.event),
        *(story.document.document_id, story.document.version_id, story.leaf),
        f"#{story.position}",
    ):
        assert found(bob, typed) == {}, typed
    assert "waiting period" not in bob.get("/retrievals/").content.decode()


def test_a_day_leads_to_what_happened_and_what_was_known_then() -> None:
    page = signed_in("alice", Role.REVIEWER).get("/search/", {"q": "14 March 2026"})
    assert "/outputs/?since=2026-03-14&amp;until=2026-03-14" in page.content.decode()
    assert "/time/?at=2026-03-15T00%3A00%3A00" in page.content.decode()


@pytest.mark.parametrize(
    "typed", ["", "\0", "%", "'; --", "a" * 5_000, '"', "-", "()", "#", "9" * 40]
)
def test_whatever_is_typed_is_answered(typed: str) -> None:
    assert signed_in("alice", Role.REVIEWER).get("/search/", {"q": typed}).status_code == 200


def test_the_list_of_retrievals_is_filtered(story: Story) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    version = story.document.version_id
    for query, count in (
        ("", 1),
        ("?q=waiting", 1),
        ("?q=nothing+of+the+kind", 0),
        (f"?version_id={version}", 1),
        (f"?version_id={story.output}", 0),
        ("?served=here", 1),
        ("?served=elsewhere", 0),
        ("?since=2020-01-01&until=9999-12-31", 1),
        ("?until=2020-01-01", 0),
    ):
        page = alice.get(f"/retrievals/{query}")
        assert len(page.context["rows"]) == count, query
        assert HOSTILE not in page.content.decode()


@pytest.mark.usefixtures("story")
def test_more_records_take_no_more_queries(run_work: Callable[[], None]) -> None:
    alice = signed_in("alice", Role.REVIEWER)
    counts = []
    for _ in range(2):
        for address in ("/search/?q=waiting", "/retrievals/"):
            with CaptureQueriesContext(connection) as queries:
                alice.get(address)
            counts.append(len(queries))
        for number in range(4):
            retrieve(principal=SYSTEM_PRINCIPAL, query=f"waiting {number}")
        run_work()
    assert counts[:2] == counts[2:]
    assert counts[0] <= 22
