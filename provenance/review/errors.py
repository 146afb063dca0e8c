"""What can be refused in a review.

ReviewRefused
├── ErasureUnknown       there is no such erasure
├── HoldUnknown          there is no such hold
├── NothingToErase       nothing was found, or it is erased already
├── AlreadyDecided       it was approved or rejected before
├── SamePerson           whoever asked may not approve: somebody else must
├── LegalHoldStands      a hold forbids it: release the hold first
└── AlreadyReleased      the hold was released before
"""

from collections.abc import Sequence
from uuid import UUID


class ReviewRefused(Exception):
    """The root of what a review refuses; the text says what to do."""


class ErasureUnknown(ReviewRefused):
    """There is no such erasure."""

    def __init__(self, erasure_id: UUID) -> None:
        super().__init__(f"There is no erasure {erasure_id}.")


class HoldUnknown(ReviewRefused):
    """There is no such hold."""

    def __init__(self, hold_id: UUID) -> None:
        super().__init__(f"There is no hold {hold_id}.")


class NothingToErase(ReviewRefused):
    """Nothing was found, or it is erased already."""

    def __init__(self) -> None:
        super().__init__("Nothing that can still be read was found for this.")


class AlreadyDecided(ReviewRefused):
    """The request is no longer open."""

    def __init__(self, status: str) -> None:
        super().__init__(f"This request is no longer open: it is {status}.")


class SamePerson(ReviewRefused):
    """Four eyes: whoever asked may not approve."""

    def __init__(self) -> None:
        super().__init__("Whoever asked for an erasure cannot approve it; somebody else must.")


class LegalHoldStands(ReviewRefused):
    """A hold covers some of it."""

    def __init__(self, holds: Sequence[UUID]) -> None:
        named = ", ".join(str(hold) for hold in holds)
        super().__init__(f"A legal hold stands: {named}. Release it first.")
        self.holds = holds


class AlreadyReleased(ReviewRefused):
    """The hold was released before."""

    def __init__(self) -> None:
        super().__init__("This hold was released before.")
