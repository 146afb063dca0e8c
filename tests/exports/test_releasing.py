"""Old contents leave the log for an archive under four eyes, proofs hold, and they come back."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.accounts.commands import create_api_key
from provenance.accounts.models import Role
from provenance.cases.casework import close_case, open_case
from provenance.eventstore.blobs import get_blob, put_blob
from provenance.eventstore.errors import EventReleased
from provenance.eventstore.ids import new_id
from provenance.eventstore.models import Blob, Event, Position, ReleasedBlob
from provenance.eventstore.released import release
from provenance.exports.releasing import listed
from provenance.history.lineage import trace_of
from provenance.history.reproduction import reproduce
from provenance.integrity import checkpoints
from provenance.integrity.checkpoints import seal
from provenance.integrity.merkle import leaf_hash
from provenance.integrity.proofs import verify_inclusion
from provenance.integrity.verification import leaves
from provenance.integrity.verification.samples import verify_samples
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections.projection import projections
from provenance.projections.rebuild import differences
from provenance.review.commands import approve_erasure, place_hold, release_hold, request_erasure
from provenance.review.finding import Target
from retrieval.recording.models import InteractionOutput
from tests.eventstore.test_append_only import refuse
from tests.exports.stories import ANSWER, SEED, answered
from tests.pages.test_reviewing import signed_in
from tests.review.conftest import CAROL, DAVE

Step = Callable[[], None]
LONG = f"{ANSWER}\n" + "x" * 70_000
REASON = ("--reason", "Older than three years.")


@pytest.fixture
def output_id(documents: dict[str, Any], run_work: Step) -> UUID:  # noqa: ARG001
    """So long that it is a blob beside its event."""
    return answered(run_work, LONG)


@pytest.fixture
def archive(output_id: UUID, tmp_path: Path) -> Path:  # noqa: ARG001
    """Of all that the log holds; what follows lies outside."""
    seal(SEED)
    target = tmp_path / "range.zip"
    call_command("export_range", "--to", str(target))
    return target


@pytest.fixture
def adam(db: None) -> Client:  # noqa: ARG001
    return signed_in("adam", Role.ADMINISTRATOR)


def approve(client: Client, run_work: Step) -> None:
    (release_id,) = (id_ for id_, each in listed().items() if each.status == "requested")
    assert client.post(f"/reviews/releases/{release_id}/approval/").status_code == 302
    run_work()


@pytest.fixture
def released(archive: Path, adam: Client, run_work: Step) -> Path:
    call_command("release_range", str(archive), *REASON)
    approve(adam, run_work)
    call_command("release_range", str(archive))
    run_work()
    return archive


def emptied() -> int:
    return Event.objects.filter(canonical=b"").count()


def text_of(answer: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_range_is_released_by_two_people_and_every_proof_goes_on(
    archive: Path,
    adam: Client,
    output_id: UUID,
    run_work: Step,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = Event.objects.get(stream=f"output-{output_id}", type="OutputReported")
    before, canonical = checkpoints.newest_covering(0), bytes(event.canonical)
    position = Position.objects.get(seq=event.seq).position
    with pytest.raises(CommandError, match="--reason"):
        call_command("release_range", str(archive))
    call_command("release_range", str(archive), *REASON)
    with pytest.raises(CommandError, match="waits for an administrator"):
        call_command("release_range", str(archive))
    assert emptied() == 0
    assert "Older than three years." in text_of(adam.get("/reviews/releases/"))
    approve(adam, run_work)
    call_command("release_range", str(archive))
    run_work()
    assert emptied() > 3
    assert set(Event.objects.filter(canonical=b"").values_list("type", flat=True)) >= {
        "RetrievalServed",
        "PromptReported",
        "OutputReported",
        "OutputAttributed",
    }
    assert InteractionOutput.objects.get(output_id=output_id).text == LONG
    with monkeypatch.context() as patched:
        patched.delattr(leaves, "check_events")  # what is accounted for needs no second look
        report = verify_log(outside=[before.note])
    assert report.whole, report.findings
    assert verify_samples().whole
    seal(SEED)
    proof = checkpoints.proof_of(position)
    newest = checkpoints.newest_covering(position)
    assert verify_inclusion(
        index=position,
        size=newest.size,
        leaf=leaf_hash(canonical),
        proof=list(proof.path),
        root=bytes(newest.root),
    )


@pytest.mark.django_db
def test_pages_interface_and_commands_say_when_and_to_which_archive(
    released: Path, adam: Client, output_id: UUID, tmp_path: Path
) -> None:
    event = Event.objects.get(stream=f"output-{output_id}", type="OutputReported")
    (asked,) = listed().values()
    for page in (f"/outputs/{output_id}/", f"/log/events/{event.event_id}/"):
        answer = adam.get(page)
        assert answer.status_code == 410, page
        assert asked.asked.archive_sha256 in text_of(answer)
        assert "released on" in text_of(answer)
    assert f"/log/events/{event.event_id}/proof/" in answer.content.decode()
    assert "approved by adam" in text_of(adam.get("/reviews/releases/"))
    for page in (
        "/outputs/",
        "/retrievals/",
        "/log/",
        "/log/?until=20",
        "/integrity/",
        "/reports/",
    ):
        assert adam.get(page).status_code == 200, page
    assert "released to an archive" in text_of(adam.get("/log/?until=20"))
    found = adam.get("/search/", {"q": str(event.event_id)}).content.decode()
    assert f"/log/events/{event.event_id}/" in found
    assert adam.get("/search/", {"q": str(output_id)}).status_code == 200
    _, plain = create_api_key(
        principal=SYSTEM_PRINCIPAL, application="audit", scopes={"admin", "read"}
    )
    api = Client(headers={"Authorization": f"Bearer {plain}"})
    one = api.get(f"/api/v1/events/{event.event_id}")
    assert (one.status_code, asked.asked.archive_sha256 in one.content.decode()) == (410, True)
    assert api.get(f"/api/v1/outputs/{output_id}/evidence").status_code == 410
    feed = api.get("/api/v1/events?after=-1&limit=1000").json()
    assert {each["stream"].partition("-")[0] for each in feed} & {"output", "document"} == {
        "document"
    }
    for command in (
        ("rebuild_projection", "interactions"),
        ("reproduce",),
        ("export_evidence", str(output_id), "--to", str(tmp_path / "x.zip")),
        ("export_range", "--to", str(tmp_path / "x.zip")),
    ):
        with pytest.raises(CommandError, match=asked.asked.archive_sha256):
            call_command(*command)
    assert released.exists()


@pytest.mark.django_db
def test_an_archive_puts_everything_back(released: Path, output_id: UUID, run_work: Step) -> None:
    gone = [bytes(each).hex() for each in ReleasedBlob.objects.values_list("digest", flat=True)]
    assert gone
    assert not Blob.objects.filter(digest__in=[bytes.fromhex(each) for each in gone]).exists()
    with pytest.raises(EventReleased):
        trace_of(output_id, principal=SYSTEM_PRINCIPAL)
    call_command("restore_range", str(released))
    run_work()
    assert emptied() == 0
    assert all(get_blob(each) for each in gone)
    assert trace_of(output_id, principal=SYSTEM_PRINCIPAL).output["text"] == LONG
    assert verify_log().whole
    for projection in projections():
        assert not any(differences(projection).values()), projection.name
    with pytest.raises(CommandError, match="lacks nothing"):
        call_command("restore_range", str(released))


@pytest.mark.django_db
def test_what_reaches_out_is_held_or_in_an_open_case_stays(
    archive: Path, adam: Client, output_id: UUID, run_work: Step
) -> None:
    hold = place_hold(
        Target("interaction", target_id=output_id), reason="A claim.", principal=CAROL
    )
    with pytest.raises(CommandError, match="a legal hold stands"):
        call_command("release_range", str(archive), *REASON)
    release_hold(hold_id=hold, reason="Over.", principal=CAROL)
    case_id = new_id()
    open_case(case_id=case_id, title="One", outputs=[output_id], principal=CAROL)
    run_work()
    with pytest.raises(CommandError, match="in an open case"):
        call_command("release_range", str(archive), *REASON)
    close_case(case_id=case_id, conclusion="Fine.", principal=CAROL)
    run_work()
    call_command("release_range", str(archive), *REASON)
    approve(adam, run_work)
    # One that is placed after the approval keeps it here as well.
    place_hold(Target("interaction", target_id=output_id), reason="Another.", principal=CAROL)
    with pytest.raises(CommandError, match="a legal hold stands"):
        call_command("release_range", str(archive))
    assert emptied() == 0


@pytest.mark.django_db
def test_an_interaction_that_goes_on_after_the_range_stays(
    archive: Path, output_id: UUID, run_work: Step, adam: Client
) -> None:
    served = Event.objects.get(type="RetrievalServed").stream
    reproduce(UUID(served.removeprefix("retrieval-")), principal=SYSTEM_PRINCIPAL)
    run_work()
    call_command("release_range", str(archive), *REASON)
    approve(adam, run_work)
    call_command("release_range", str(archive))
    assert not Event.objects.filter(stream=served, canonical=b"").exists()
    assert Event.objects.filter(stream=f"output-{output_id}", canonical=b"").exists()
    run_work()
    assert verify_log().whole


@pytest.mark.django_db
def test_an_erasure_reaches_what_was_released(
    released: Path, output_id: UUID, run_work: Step
) -> None:
    target = Target("interaction", target_id=output_id)
    erasure_id = request_erasure(target, reason="They asked.", principal=CAROL)
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    run_work()
    assert InteractionOutput.objects.get(output_id=output_id).text == ""
    assert Event.objects.filter(type="ErasureCertified").exists()
    call_command("restore_range", str(released))
    run_work()
    assert verify_log().whole
    assert trace_of(output_id, principal=SYSTEM_PRINCIPAL).output["text"] is None
    for projection in projections():
        assert not any(differences(projection).values()), projection.name


@pytest.mark.django_db
def test_archives_that_the_log_does_not_know_or_that_were_changed_are_refused(
    archive: Path, tmp_path: Path, adam: Client
) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"no zip")
    with pytest.raises(CommandError, match="is not an archive"):
        call_command("release_range", str(other), *REASON)
    content = archive.read_bytes()
    place = content.index(b"OutputReported")
    other.write_bytes(content[:place] + b"X" + content[place + 1 :])
    for command in (("release_range", str(other), *REASON), ("restore_range", str(other))):
        with pytest.raises(CommandError, match=r"records no export|is not an archive"):
            call_command(*command)
    call_command("release_range", str(archive), *REASON)
    (release_id,) = listed()
    unsaid = adam.post(f"/reviews/releases/{release_id}/rejection/", {})
    assert unsaid.status_code == 302
    adam.post(f"/reviews/releases/{release_id}/rejection/", {"reason": "Not yet."})
    assert [each.status for each in listed().values()] == ["rejected"]
    adam.post(f"/reviews/releases/{release_id}/approval/")
    assert [each.status for each in listed().values()] == ["rejected"]
    for role in (Role.REVIEWER, Role.AUDITOR):
        client = signed_in(f"some-{role}", role)
        assert client.post(f"/reviews/releases/{release_id}/approval/").status_code == 403
    assert adam.post(f"/reviews/releases/{UUID(int=1)}/approval/").status_code == 404


REFUSED = (
    "UPDATE eventstore_event SET canonical = '' WHERE type = 'CollectionCreated'",
    "UPDATE eventstore_event SET canonical = '' WHERE type = 'DocumentSubmitted'",
    "UPDATE eventstore_event SET canonical = '{}' WHERE canonical = ''",
    "UPDATE eventstore_event SET type = 'X' WHERE canonical = ''",
    "UPDATE eventstore_event SET canonical = '' WHERE stream = 'releases'",
    "DELETE FROM eventstore_event WHERE canonical = ''",
    "DELETE FROM eventstore_blob WHERE digest NOT IN (SELECT digest FROM eventstore_released_blob)",
    "UPDATE eventstore_released_run SET until = until + 1",
    (
        "INSERT INTO eventstore_released_run SELECT event_id, first, until + 1000000,"
        " archive_sha256, released_at FROM eventstore_released_run"
    ),
    "INSERT INTO eventstore_released_run VALUES (gen_random_uuid(), 0, 5, 'x', now())",
    (
        "INSERT INTO eventstore_released_blob SELECT digest, 0 FROM eventstore_blob"
        " WHERE digest NOT IN (SELECT digest FROM eventstore_released_blob) LIMIT 1"
    ),
    (
        "SELECT eventstore_put_back_v1(ARRAY[(SELECT min(position) FROM eventstore_position JOIN"
        " eventstore_event USING (seq) WHERE canonical = '')], ARRAY['{}'::bytea])"
    ),
)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_neither_the_web_role_nor_the_owner_empties_or_fills_an_event_otherwise(
    released: Path,
) -> None:
    before = emptied()
    put_blob(b"another")
    document = Event.objects.filter(type="DocumentSubmitted").values_list("event_id", flat=True)[0]
    assert release(document) == (0, 0)
    for database in (connection, connections["owner"]):
        for statement in REFUSED:
            assert refuse(database, statement), statement
    assert emptied() == before > 0
    assert released.exists()
