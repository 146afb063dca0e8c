"""Whatever happens to a case in whatever order: what it holds cannot be shredded."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.cases import gathering
from provenance.cases.events import (
    CaseClosed,
    CaseHeld,
    CaseHoldLifted,
    CaseOpened,
    CaseReopened,
    OutputAddedToCase,
    OutputRemovedFromCase,
)
from provenance.cases.gathering import Case, fold
from provenance.eventstore.event_types import EventData
from provenance.eventstore.recorded import Actor
from provenance.review import erasures
from provenance.review.errors import LegalHoldStands, ReviewRefused
from provenance.review.events import ErasureRequested
from provenance.sealing.box import Box

CASE = UUID(int=9)
BOX = Box(kid="review:9", iv="", commit="")
OUTPUTS = [UUID(int=number) for number in range(4)]
ALICE, BOB = Actor("user", "alice"), Actor("user", "bob")


class World:
    """A case, the holds it placed and lifted, and erasures that others try."""

    def __init__(self) -> None:
        self.told: list[EventData] = [CaseOpened(case_id=CASE, title=BOX)]
        self.holds: set[UUID] = set()
        self.erased: set[UUID] = set()

    @property
    def case(self) -> Case:
        case = fold(self.told)
        assert case is not None
        return case

    def attempt(self, action: str, output: UUID) -> None:
        getattr(self, f"_{action}")(output)

    def _add(self, output: UUID) -> None:
        self.holds |= set(gathering.added(self.case, output))
        self.told.append(OutputAddedToCase(case_id=CASE, output_id=output))

    def _hold(self, _: UUID) -> None:
        self.holds |= set(gathering.held(self.case))
        self.told.append(CaseHeld(case_id=CASE, reason=BOX))

    def _lift(self, _: UUID) -> None:
        self.holds -= set(gathering.lifted(self.case))
        self.told.append(CaseHoldLifted(case_id=CASE, reason=BOX))

    def _close(self, _: UUID) -> None:
        gathering.require_open(self.case)
        self.told.append(CaseClosed(case_id=CASE, conclusion=BOX))

    def _reopen(self, _: UUID) -> None:
        gathering.require_closed(self.case)
        self.told.append(CaseReopened(case_id=CASE, reason=BOX))

    def _remove(self, output: UUID) -> None:
        gathering.require_removable(self.case, output)
        self.told.append(OutputRemovedFromCase(case_id=CASE, output_id=output, reason=BOX))

    def _erase(self, output: UUID) -> None:
        requested = ErasureRequested(
            erasure_id=output, scope="interaction", target_id=output, reason=BOX
        )
        erasure = erasures.fold([(ALICE, requested)])
        assert erasure is not None
        standing = [output] if output in self.holds else []
        erasures.approve(erasure, approver=BOB, holds=standing)
        self.erased.add(output)


ACTIONS: Any = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "hold", "lift", "close", "reopen", "erase"]),
        st.sampled_from(OUTPUTS),
    ),
    max_size=40,
)


@given(ACTIONS)
def test_no_order_of_actions_shreds_what_a_case_holds(actions: list[tuple[str, UUID]]) -> None:
    world = World()
    for action, output in actions:
        was_held = world.case.held and output in world.case.outputs
        erased = set(world.erased)
        try:
            world.attempt(action, output)
        except ReviewRefused:
            continue
        assert not (action == "erase" and was_held), "erased under a hold"
        assert not world.case.held or set(world.case.outputs) <= world.holds
        assert world.erased >= erased


@given(ACTIONS)
def test_a_closed_case_gathers_and_loses_nothing(actions: list[tuple[str, UUID]]) -> None:
    world = World()
    for action, output in actions:
        before = world.case
        try:
            world.attempt(action, output)
        except ReviewRefused:
            continue
        assert not before.closed or world.case.outputs == before.outputs
        assert len(set(world.case.outputs)) == len(world.case.outputs)


def test_a_hold_outlasts_the_end_of_its_case() -> None:
    world = World()
    for action in ("add", "hold", "close"):
        world.attempt(action, OUTPUTS[0])
    with pytest.raises(LegalHoldStands):
        world.attempt("erase", OUTPUTS[0])
