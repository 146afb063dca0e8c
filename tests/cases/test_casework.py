"""Cases gather outputs and hold them; queues bring outputs up by rule and by sample."""

from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from provenance.cases import casework, queues, reading, second_thoughts
from provenance.cases.errors import CaseIsClosed, CaseUnknown, HeldWithCase, QueueUnknown
from provenance.cases.events import QueueRule
from provenance.cases.models import QueueEntry
from provenance.cases.projections import Workplace
from provenance.cases.record import case_as_json
from provenance.eventstore.ids import new_id
from provenance.projections.rebuild import differences
from provenance.review.commands import request_erasure
from provenance.review.errors import LegalHoldStands
from provenance.review.finding import Target
from tests.cases.conftest import Cast, Step
from tests.recording.stories import ask, hand_in, output_of, prompt_of

pytestmark = pytest.mark.django_db


def opened(cast: Cast, *outputs: UUID) -> UUID:
    case_id = new_id()
    casework.open_case(
        case_id=case_id, title="Dental answers", outputs=outputs, principal=cast.alice
    )
    return case_id


def queue(cast: Cast, run_work: Step, **rule: Any) -> QueueEntry:
    queue_id = new_id()
    queues.define_queue(
        queue_id=queue_id, name="Look at these", rule=QueueRule(**rule), principal=cast.carol
    )
    run_work()
    return QueueEntry.objects.get(queue_id=queue_id)


def test_what_joins_a_held_case_cannot_be_erased_until_the_hold_is_lifted(
    output_id: UUID, cast: Cast, run_work: Step
) -> None:
    case_id = opened(cast)
    target = Target("interaction", target_id=output_id)
    casework.hold_case(case_id=case_id, reason="A claim.", principal=cast.carol)
    casework.add_to_case(case_id=case_id, output_id=output_id, principal=cast.carol)
    run_work()
    with pytest.raises(LegalHoldStands):
        request_erasure(target, reason="Please.", principal=cast.carol)
    casework.close_case(case_id=case_id, conclusion="All well.", principal=cast.alice)
    with pytest.raises(CaseIsClosed):
        casework.add_to_case(case_id=case_id, output_id=output_id, principal=cast.carol)
    with pytest.raises(LegalHoldStands):
        request_erasure(target, reason="Please.", principal=cast.carol)
    casework.lift_hold(case_id=case_id, reason="Over.", principal=cast.carol)
    assert request_erasure(target, reason="Please.", principal=cast.carol)
    run_work()
    assert not any(differences(Workplace()).values())


def test_what_was_taken_out_of_a_case_comes_back_and_all_of_it_is_told(
    output_id: UUID, cast: Cast, run_work: Step
) -> None:
    case_id = opened(cast, output_id)
    which: Any = {"case_id": case_id, "output_id": output_id, "principal": cast.alice}
    second_thoughts.remove_from_case(**which, reason="Another matter.")
    run_work()
    assert not reading.gathered().exists()
    with pytest.raises(CaseUnknown):
        casework.read_case(case_id, principal=cast.mallory)
    assert not reading.visible_cases(cast.mallory)
    casework.add_to_case(**which)
    second_thoughts.remove_from_case(**which, reason="Really another.")
    casework.add_to_case(**which)
    run_work()
    assert reading.gathered().get().output_id == output_id
    assert not any(differences(Workplace()).values())
    record = case_as_json(casework.read_case(case_id, principal=cast.alice)[0])
    assert [each["output_id"] for each in record["outputs"]] == [output_id]
    assert [each["reason"] for each in record["removed"]] == ["Another matter.", "Really another."]


def test_what_a_case_holds_is_not_taken_out_of_it(
    output_id: UUID, cast: Cast, run_work: Step
) -> None:
    case_id = opened(cast, output_id)
    run_work()
    casework.hold_case(case_id=case_id, reason="A claim.", principal=cast.carol)
    which: Any = {"case_id": case_id, "output_id": output_id, "principal": cast.carol}
    with pytest.raises(HeldWithCase):
        second_thoughts.remove_from_case(**which, reason="To erase it.")
    casework.lift_hold(case_id=case_id, reason="Over.", principal=cast.carol)
    second_thoughts.remove_from_case(**which, reason="Over.")


def test_a_closed_case_goes_on_once_it_is_reopened(
    output_id: UUID, cast: Cast, run_work: Step
) -> None:
    case_id = opened(cast)
    casework.close_case(case_id=case_id, conclusion="All well.", principal=cast.alice)
    with pytest.raises(PermissionDenied):
        second_thoughts.reopen_case(case_id=case_id, reason="No.", principal=cast.eve)
    second_thoughts.reopen_case(case_id=case_id, reason="A new letter.", principal=cast.alice)
    casework.add_to_case(case_id=case_id, output_id=output_id, principal=cast.alice)
    run_work()
    assert reading.visible_cases(cast.alice).get().closed_at is None
    record = case_as_json(casework.read_case(case_id, principal=cast.alice)[0])
    assert record["closed"] is None
    assert [each["reason"] for each in record["reopened"]] == ["A new letter."]
    assert not any(differences(Workplace()).values())


def test_a_case_is_for_those_who_may_read_all_of_it(
    output_id: UUID, cast: Cast, run_work: Step
) -> None:
    case_id = opened(cast, output_id)
    run_work()
    assert [each.case_id for each in reading.visible_cases(cast.eve)] == [case_id]
    assert not reading.visible_cases(cast.mallory)
    with pytest.raises(CaseUnknown):
        casework.read_case(case_id, principal=cast.mallory)
    with pytest.raises(PermissionDenied):
        casework.close_case(case_id=case_id, conclusion="Done.", principal=cast.eve)
    with pytest.raises(PermissionDenied):
        casework.hold_case(case_id=case_id, reason="A claim.", principal=cast.alice)


def test_a_queue_brings_up_what_meets_its_rule(output_id: UUID, cast: Cast, run_work: Step) -> None:
    good = output_of(
        prompt_of(ask()), "The waiting period for dental treatment is 8 months.", model="other"
    )
    run_work()

    def found(**rule: Any) -> set[UUID]:
        wanted = queue(cast, run_work, **rule)
        return {each.output_id for each in reading.queued(wanted, principal=cast.alice)}

    assert found() == {output_id, good}
    assert found(unsupported=True) == {output_id}
    assert found(model="other") == {good}
    assert found(collection="default") == {output_id, good}
    assert found(collection="elsewhere") == set()
    assert found(outdated=True) == set()
    hand_in("# Dental policy\n\nThe waiting period is 9 months now.\n", "dental")
    run_work()
    assert found(outdated=True) == {output_id, good}


@pytest.mark.usefixtures("output_id")
def test_a_sample_is_drawn_by_hash_and_stays_as_it_is(cast: Cast, run_work: Step) -> None:
    prompt_id = prompt_of(ask())
    for choice in range(40):
        output_of(prompt_id, "Yes.", choice=choice)
    run_work()
    half = queue(cast, run_work, share=500_000)

    def drawn() -> set[UUID]:
        return {each.output_id for each in reading.queued(half, principal=cast.alice)}

    first = drawn()
    assert 4 < len(first) < 37
    assert drawn() == first
    other = queue(cast, run_work, share=500_000)
    assert {each.output_id for each in reading.queued(other, principal=cast.alice)} != first
    assert len(reading.queued(queue(cast, run_work, share=1_000_000), principal=cast.alice)) == 41


def test_a_retired_queue_brings_nothing_up(cast: Cast, run_work: Step) -> None:
    defined = queue(cast, run_work)
    queues.retire_queue(queue_id=defined.queue_id, principal=cast.carol)
    with pytest.raises(QueueUnknown):
        queues.retire_queue(queue_id=defined.queue_id, principal=cast.carol)
    run_work()
    assert not reading.standing_queues()
    with pytest.raises(PermissionDenied):
        queue(Cast(**{**vars(cast), "carol": cast.alice}), run_work)
