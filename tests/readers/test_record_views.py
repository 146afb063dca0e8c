"""Who looked at what is read from the log: every page that shows a record says so first."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from provenance.accounts.models import Role, User
from provenance.eventstore import store
from provenance.eventstore.event_types import EventData
from provenance.eventstore.ids import new_id
from provenance.eventstore.models import Event
from provenance.eventstore.recorded import Actor, NewEvent
from provenance.exports.events import EvidenceExported, RangeExported
from provenance.finding.events import ListExported
from provenance.projections.models import PendingWork
from provenance.projections.projection import projection_named
from provenance.projections.rebuild import differences
from provenance.readers import reading
from provenance.readers.viewing import record_view
from provenance.sealing.box import Box
from tests.pages.test_reviewing import signed_in
from tests.recording.stories import ask, output_of, prompt_of

pytestmark = pytest.mark.django_db
Step = Callable[[], None]


@pytest.fixture
def alice() -> Client:
    return signed_in("alice", Role.REVIEWER)


@pytest.fixture
def eve() -> Client:
    return signed_in("eve", Role.AUDITOR)


def actor(name: str) -> Actor:
    return Actor("user", str(User.objects.get(username=name).id))


def viewed() -> list[tuple[str, UUID, str]]:
    ids = Event.objects.filter(type="RecordViewed").order_by("seq").values_list("event_id")
    events = store.read_events(event_id for (event_id,) in ids)
    return [
        (events[event_id].data.kind, events[event_id].data.record_id, events[event_id].actor.id)
        for (event_id,) in ids
    ]


def exported(outputs: list[UUID], by: Actor) -> None:
    event_id = new_id()
    data = EvidenceExported(
        output_ids=outputs,
        checkpoint_origin="log.example",
        checkpoint_size=1,
        manifest_sha256="0" * 64,
        events=1,
        bytes=1,
    )
    new = NewEvent(data=data, stream=f"export-{event_id}", event_id=event_id, actor=by)
    store.append([new], expected={new.stream: 0})


def test_each_page_of_a_record_is_a_view_by_the_person_who_opens_it(
    output_id: UUID, documents: dict[str, Any], eve: Client
) -> None:
    version = documents["dental"].version_id
    event_id = Event.objects.filter(type="OutputReported").values_list("event_id", flat=True).get()
    retrieval = UUID(
        Event.objects.filter(type="RetrievalServed")
        .values_list("stream", flat=True)
        .get()
        .removeprefix("retrieval-")
    )
    pages = {
        f"/outputs/{output_id}/": ("output", output_id),
        f"/retrievals/{retrieval}/": ("retrieval", retrieval),
        f"/versions/{version}/": ("version", version),
        f"/versions/{version}/content/": ("version", version),
        f"/versions/compare?a={version}": ("version", version),
        f"/log/events/{event_id}/": ("event", event_id),
        f"/log/events/{event_id}/bytes/": ("event", event_id),
    }
    for address in pages:
        assert eve.get(address).status_code == 200
    who = actor("eve").id
    assert viewed() == [(*record, who) for record in pages.values()]


def test_what_was_not_shown_was_not_looked_at(output_id: UUID, alice: Client) -> None:
    stranger = signed_in("sam", Role.AUDITOR, collections=["elsewhere"])
    assert stranger.get(f"/outputs/{output_id}/").status_code == 404
    assert Client().get(f"/outputs/{output_id}/").status_code == 302
    assert alice.head(f"/outputs/{output_id}/").status_code == 200
    assert alice.get(f"/outputs/{new_id()}/").status_code == 404
    assert viewed() == []


def test_a_page_that_asks_for_itself_again_was_looked_at_once(
    documents: dict[str, Any],  # noqa: ARG001
    alice: Client,
) -> None:
    output = output_of(prompt_of(ask()), "Not attributed yet.")
    page = alice.get(f"/outputs/{output}/").content.decode()
    poll = page.partition('hx-get="')[2].partition('"')[0]
    htmx = {"HX-Request": "true", "HX-Target": "trace"}
    assert alice.get(poll, headers=htmx).status_code == 200
    assert poll in alice.get(poll, headers=htmx).content.decode()
    assert len(viewed()) == 1
    # Asking as a page does, without having shown one, hides nothing.
    assert alice.get(f"/outputs/{output}/", headers=htmx).status_code == 200
    assert signed_in("eve", Role.AUDITOR).get(poll, headers=htmx).status_code == 200
    assert alice.get(poll).status_code == 200
    assert len(viewed()) == 4


def test_a_trace_says_how_often_it_was_looked_at_and_by_whom(
    output_id: UUID, alice: Client, eve: Client, run_projector: Step
) -> None:
    address = f"/outputs/{output_id}/"
    assert "Nobody has looked at this before you." in alice.get(address).content.decode()
    eve.get(address)
    eve.get(address)
    exported([output_id], actor("eve"))
    run_projector()

    page = alice.get(address).content.decode()
    assert "Looked at 3 times by 2 readers, its evidence taken 1 time, last on" in page
    listed = alice.get(f"/views/?record={output_id}").content.decode()
    assert "2 readers" in listed
    assert listed.index("eve") < listed.index("alice</bdi></a>")
    assert "took the evidence" in listed
    assert "4 looks" in listed

    of_eve = alice.get("/views/", {"person": f"user {actor('eve').id}"}).content.decode()
    assert "3 looks" in of_eve
    assert "What <bdi>eve</bdi> looked at" in of_eve


def test_only_people_who_see_everything_learn_who_looked(output_id: UUID, run_work: Step) -> None:
    some = signed_in("sam", Role.REVIEWER, collections=["default"])
    run_work()
    page = some.get(f"/outputs/{output_id}/")
    assert page.status_code == 200
    assert "looked" not in page.content.decode()
    assert some.get("/views/").status_code == 404
    assert Client().get("/views/").status_code == 302


def test_evidence_of_several_outputs_is_listed_with_each_and_once_among_all(
    output_id: UUID, alice: Client, run_projector: Step
) -> None:
    other = new_id()
    exported([output_id, other], actor("alice"))
    run_projector()
    assert [view.records for view in reading.views(record_id=other)] == [2]
    assert [view.record_id for view in reading.views()] == [output_id]
    assert "of 2 outputs" in alice.get("/views/").content.decode()


def test_lists_and_archives_that_were_taken_are_listed_with_their_events(
    alice: Client, run_projector: Step
) -> None:
    event_ids = [new_id(), new_id()]
    box = Box(kid="subject:x", iv="", commit="")
    took: list[EventData] = [
        ListExported(listed="outputs", format="csv", filters=box, rows=3, until=7),
        RangeExported(
            first=0,
            end=9,
            checkpoint_origin="log.example",
            checkpoint_size=9,
            range_sha256="0" * 64,
            events_sha256="0" * 64,
            blobs=0,
        ),
    ]
    for event_id, data in zip(event_ids, took, strict=True):
        stream = f"export-{event_id}"
        new = NewEvent(data=data, stream=stream, event_id=event_id, actor=actor("alice"))
        store.append([new], expected={stream: 0})
    run_projector()
    listed = alice.get("/views/").content.decode()
    assert "list of outputs" in listed
    assert "archive of the log" in listed
    assert all(f"/log/events/{event_id}/" in listed for event_id in event_ids)
    assert not any(differences(projection_named("record_views")).values())


def test_a_rebuild_makes_the_same_rows(output_id: UUID, alice: Client, run_work: Step) -> None:
    for _ in range(3):
        alice.get(f"/outputs/{output_id}/")
    exported([output_id, new_id()], actor("alice"))
    run_work()
    projection = projection_named("record_views")
    assert reading.looks_at(output_id).views == 3
    assert not any(differences(projection).values())


def test_a_view_wakes_no_work(output_id: UUID, alice: Client, run_projector: Step) -> None:
    alice.get(f"/outputs/{output_id}/")
    run_projector()
    assert not PendingWork.objects.exists()


def test_looks_are_paged_and_take_the_same_queries_however_many(
    output_id: UUID, alice: Client, run_projector: Step
) -> None:
    def look(times: int) -> int:
        for _ in range(times):
            record_view(kind="output", record_id=output_id, actor=actor("alice"))
        run_projector()
        with CaptureQueriesContext(connection) as captured:
            assert alice.get("/views/").status_code == 200
        return len(captured)

    assert look(1) == look(40) <= 10
    first = alice.get("/views/").content.decode()
    assert "25 looks on this page" in first
    older = first.partition('hx-get="')[2].partition('"')[0]
    assert "16 looks on this page" in alice.get(f"/views/{older}").content.decode()


@pytest.mark.parametrize("query", ["record=none", "person=%00", "after=x", f"person={'x' * 9000}"])
def test_addresses_that_make_no_sense_still_open(alice: Client, query: str) -> None:
    assert alice.get(f"/views/?{query}").status_code == 200
