"""An erasure waits for a second person and for no hold, and goes on wherever it was broken off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.models import Event
from provenance.integrity import checkpoints
from provenance.integrity.notes import Note
from provenance.integrity.sequencer import sequence_everything
from provenance.projections.models import ParkedEvent, Progress
from provenance.projections.projection import projections
from provenance.projections.projector import fold_everything
from provenance.projections.rebuild import differences
from provenance.projections.work import RetryLater
from provenance.review import certifying, execution
from provenance.review.certificate import MAX_BYTES, TITLE
from provenance.review.certifying import certificate_text, certify_erasure
from provenance.review.commands import (
    approve_erasure,
    place_hold,
    preview,
    reject_erasure,
    release_hold,
    request_erasure,
)
from provenance.review.errors import (
    AlreadyDecided,
    AlreadyReleased,
    ErasureUnknown,
    HoldUnknown,
    LegalHoldStands,
    NothingToErase,
    SamePerson,
)
from provenance.review.execution import execute_erasure
from provenance.review.finding import Target
from provenance.review.models import ErasureEntry
from retrieval.recording.models import InteractionOutput
from tests.recording.stories import ask, hand_in, output_of, prompt_of
from tests.review.conftest import CAROL, DAVE, administrator
from tests.review.everywhere import places_of

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)
Step = Callable[[], None]
Erase = Callable[[Target], UUID]
ERIN = administrator("erin", scopes=frozenset({"read", "ingest"}), role="reviewer")
PERSON = Target("subject", "person-4711")
WORDS = "Quillfeather"


def interaction() -> UUID:
    context = {"user_ref": "person-4711"}
    return output_of(prompt_of(ask(context=context)), f"About {WORDS}. " * 500)


def ask_for(target: Target = PERSON) -> UUID:
    return request_erasure(target, reason="They asked us to.", principal=CAROL)


@pytest.fixture
def story(documents: dict[str, Any], run_work: Step) -> dict[str, Any]:
    output_id = interaction()
    run_work()
    return {**documents, "output": output_id}


def test_nothing_goes_before_somebody_else_agrees(story: dict[str, Any], run_work: Step) -> None:
    erasure_id = ask_for()
    run_work()
    assert places_of(WORDS)
    with pytest.raises(SamePerson):
        approve_erasure(erasure_id=erasure_id, principal=CAROL)
    with pytest.raises(PermissionDenied):
        approve_erasure(erasure_id=erasure_id, principal=ERIN)
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    with pytest.raises(AlreadyDecided):
        approve_erasure(erasure_id=erasure_id, principal=DAVE)
    run_work()
    assert places_of(WORDS) == []
    assert story


@pytest.mark.usefixtures("story")
def test_a_rejected_erasure_takes_nothing(run_work: Step) -> None:
    erasure_id = ask_for()
    with pytest.raises(PermissionDenied):
        reject_erasure(erasure_id=erasure_id, reason="No.", principal=ERIN)
    reject_erasure(erasure_id=erasure_id, reason="We must keep it.", principal=DAVE)
    run_work()
    entry = ErasureEntry.objects.get(erasure_id=erasure_id)
    assert (entry.status, entry.refusal) == ("rejected", "We must keep it.")
    assert places_of(WORDS)


def test_whoever_asked_may_take_it_back(story: dict[str, Any]) -> None:
    erasure_id = request_erasure(
        Target("interaction", target_id=story["output"]), reason="Wrong.", principal=ERIN
    )
    reject_erasure(erasure_id=erasure_id, reason="A mistake.", principal=ERIN)


def test_what_does_not_exist_is_refused(story: dict[str, Any]) -> None:
    unknown = UUID(int=7)
    for target in (Target("subject", "nobody"), Target("document", target_id=unknown)):
        with pytest.raises(NothingToErase):
            ask_for(target)
    with pytest.raises(ErasureUnknown):
        approve_erasure(erasure_id=unknown, principal=DAVE)
    with pytest.raises(HoldUnknown):
        release_hold(hold_id=unknown, reason="?", principal=DAVE)
    with pytest.raises(PermissionDenied):
        request_erasure(
            PERSON, reason="?", principal=administrator("kept out", collections=frozenset({"a"}))
        )
    assert story


@pytest.mark.parametrize("held", ["subject", "interaction"])
def test_a_hold_forbids_to_ask_to_approve_and_to_carry_out(
    held: str, story: dict[str, Any], run_work: Step
) -> None:
    target = PERSON if held == "subject" else Target("interaction", target_id=story["output"])
    erasure_id = ask_for()
    hold_id = place_hold(target, reason="A claim is open.", principal=DAVE)
    with pytest.raises(LegalHoldStands):
        ask_for()
    with pytest.raises(LegalHoldStands):
        approve_erasure(erasure_id=erasure_id, principal=DAVE)
    release_hold(hold_id=hold_id, reason="Closed.", principal=DAVE)
    with pytest.raises(AlreadyReleased):
        release_hold(hold_id=hold_id, reason="Closed.", principal=DAVE)
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    late = place_hold(target, reason="Another claim.", principal=DAVE)
    run_work()
    with pytest.raises(RetryLater, match=str(late)):
        execute_erasure(erasure_id=erasure_id)
    assert places_of(WORDS)
    release_hold(hold_id=late, reason="Closed.", principal=DAVE)
    execute_erasure(erasure_id=erasure_id)
    run_work()
    assert places_of(WORDS) == []


def test_a_hold_counts_before_it_is_known_what_it_covers(story: dict[str, Any]) -> None:
    """An output may be held before the read models know from which prompt it came."""
    answer = ask(context={"user_ref": "person-4711"})
    prompt = prompt_of(answer)
    sequence_and_fold()
    erasure_id = ask_for()
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    sequence_and_fold()
    of_another = output_of(prompt, f"{WORDS} once more.")
    hold_id = place_hold(
        Target("interaction", target_id=of_another), reason="A claim is open.", principal=DAVE
    )
    with pytest.raises(RetryLater, match="behind the holds"):
        execute_erasure(erasure_id=erasure_id)
    sequence_and_fold()
    with pytest.raises(RetryLater, match=str(hold_id)):
        execute_erasure(erasure_id=erasure_id)
    assert not Event.objects.filter(type="SubjectKeyDestroyed").exists()
    assert story


def test_many_holds_take_no_more_queries_than_one(story: dict[str, Any], run_work: Step) -> None:
    """A case under a hold places one on each of its outputs, up to five hundred."""
    others = [output_of(prompt_of(ask()), "Something else.") for _ in range(4)]
    run_work()
    counted = []
    for held in (others[:1], others[1:]):
        for output_id in held:
            target = Target("interaction", target_id=output_id)
            place_hold(target, reason="A claim is open.", principal=DAVE)
        with connection.execute_wrapper(counting := Counting()):
            assert preview(PERSON, principal=CAROL)[1] == []
        counted.append(counting.statements)
    assert counted[0] == counted[1]
    assert story


def test_the_certificate_waits_for_every_read_model_that_forgets(
    story: dict[str, Any],
) -> None:
    """The names of templates were sealed with their prompts, and others list them too."""
    erasure_id = ask_for()
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    sequence_and_fold()
    behind = dict(Progress.objects.values_list("name", "position"))
    execute_erasure(erasure_id=erasure_id)
    sequence_and_fold()
    for name in ("impact", "reviews", "knowledge", "interactions", "subject_records", "erasures"):
        folded = Progress.objects.get(name=name).position
        Progress.objects.filter(name=name).update(position=behind[name])
        with pytest.raises(RetryLater, match="have not forgotten"):
            certify_erasure(erasure_id=erasure_id)
        Progress.objects.filter(name=name).update(position=folded)
    certify_erasure(erasure_id=erasure_id)
    assert story


class BrokenOff(Exception):
    """A crash, where a test wants it."""


STEPS = (
    *((execution, step) for step in ("_destroy", "_erase_blobs", "_forget", "_record_executed")),
    *((certifying, step) for step in ("_erase_vectors", "_record_certified")),
)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("place", STEPS, ids=[step for _, step in STEPS])
@pytest.mark.usefixtures("story")
def test_an_erasure_that_was_broken_off_goes_on(
    place: tuple[Any, str], after: bool, run_work: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, step = place
    note = hand_in(f"# Note\n\n{WORDS} again.\n", "note")
    run_work()
    target = Target("document", target_id=note.document_id) if module is certifying else PERSON
    erasure_id = ask_for(target)
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    sequence_and_fold()
    with monkeypatch.context() as broken:
        broken.setattr(execution, "SLICE", 1)
        broken.setattr(module, step, breaking_off(getattr(module, step), after=after))
        with pytest.raises(BrokenOff):
            carry_out(erasure_id)
    sequence_and_fold()
    carry_out(erasure_id)
    run_work()
    entry = ErasureEntry.objects.get(erasure_id=erasure_id)
    assert (entry.status, entry.keys) == ("certified", entry.records)
    # What attempts that were broken off took counts as well.
    assert (entry.blobs, entry.vectors) == ((0, 1) if module is certifying else (1, 0))
    recorded = [event.event_id for event in store.read_correlated(erasure_id)]
    carry_out(erasure_id)
    assert [event.event_id for event in store.read_correlated(erasure_id)] == recorded
    for each in projections():
        assert not any(differences(each).values()), each.name


@pytest.mark.parametrize("stream", ["output", "review"])
def test_a_note_about_a_failed_fold_forgets_what_it_quoted(
    stream: str, story: dict[str, Any], erase: Erase
) -> None:
    parked = ParkedEvent.objects.create(
        projection="reviews",
        position=1,
        event_id=new_id(),
        stream=f"{stream}-{story['output']}",
        problem=f"{WORDS} is odd.",
        traceback=f"... {WORDS}",
        retry_at=timezone.now() + timedelta(hours=1),
    )
    erase(PERSON)
    parked.refresh_from_db()
    assert (parked.problem, parked.traceback) == ("What it was about has been erased.", "")


def breaking_off(real: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> None:
        if after:
            real(*args, **kwargs)
        raise BrokenOff

    return run


def sequence_and_fold() -> None:
    sequence_everything()
    fold_everything()


def carry_out(erasure_id: UUID) -> None:
    execute_erasure(erasure_id=erasure_id)
    sequence_and_fold()
    certify_erasure(erasure_id=erasure_id)


def test_the_certificate_names_every_event_and_nobody(
    story: dict[str, Any], erase: Erase, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = bytes(range(32))
    checkpoints.seal(settings.LOG_SIGNING_KEY)
    erasure_id = erase(PERSON)
    text = certificate_text(erasure_id)
    assert text is not None
    note = Note.parse(text, max_bytes=MAX_BYTES)
    assert note.signed_by(checkpoints.verifier_keys())
    lines = note.text.splitlines()
    assert lines[0] == TITLE
    assert "keys destroyed 3" in lines
    assert "events affected 3" in lines
    touched = {line.split()[2] for line in lines[-3:]}
    assert touched == {"RetrievalServed", "PromptReported", "OutputReported"}
    assert "4711" not in text
    assert WORDS not in text
    assert ErasureEntry.objects.get(erasure_id=erasure_id).signed
    assert story


def test_without_the_signing_key_the_certificate_is_not_signed_and_says_so(
    story: dict[str, Any], erase: Erase, settings: Any
) -> None:
    settings.LOG_SIGNING_KEY = None
    erasure_id = erase(Target("interaction", target_id=story["output"]))
    text = certificate_text(erasure_id)
    assert text is not None
    assert "\u2014" not in text
    assert not ErasureEntry.objects.get(erasure_id=erasure_id).signed


def test_what_arrives_between_approval_and_execution_goes_too(
    story: dict[str, Any], run_work: Step
) -> None:
    erasure_id = ask_for()
    late = interaction()
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    run_work()
    assert InteractionOutput.objects.get(output_id=late).erased_at is not None
    assert places_of(WORDS) == []
    assert story


@pytest.mark.usefixtures("documents")
def test_many_interactions_take_a_number_of_queries_that_grows_slowly(
    run_projector: Step, run_work: Step
) -> None:
    """A subject with a thousand interactions is erased in a few statements for each slice."""
    answer = ask(context={"user_ref": "person-4711"})
    for _ in range(30):
        output_of(prompt_of(answer), f"{WORDS}.")
    run_work()
    erasure_id = ask_for()
    approve_erasure(erasure_id=erasure_id, principal=DAVE)
    run_projector()
    with connection.execute_wrapper(counting := Counting()):
        execute_erasure(erasure_id=erasure_id)
    assert counting.statements < 40
    assert Event.objects.filter(type="SubjectKeyDestroyed").count() == 62


class Counting:
    """Counts the statements that go through Django."""

    statements = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.statements += 1
        return execute(*args)
