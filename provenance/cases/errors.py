"""What can be refused in a review of an output, in a case, or in a queue.

ReviewRefused
├── ReviewSigned         somebody has signed this round: begin a new one first
├── NothingSigned        there is no signature that a new round would follow
├── AlreadySigned        the same person signed this round before
├── RubricUnanswered     questions of the rubric are open
├── FindingsOpen         what is approved must have no open finding
├── ReadBeforeSigning    something was added since the person looked
├── OutputErased         nobody can read the output any more
├── AssigneeRefused      that person may not review this
├── PasswordWrong        the signature was not given
├── TooManyFailures      too many wrong passwords: wait
├── NotPlacedYet         the output has no place in the log yet
├── NotFound
│   ├── FindingUnknown   there is no such open finding
│   ├── CaseUnknown      there is no such case, or not for this person
│   └── QueueUnknown     there is no such queue
├── CaseIsClosed         the case came to its end
├── CaseIsOpen           the case has not come to its end
├── AlreadyInCase        the output is in the case
├── NotInCase            the output is not in the case
├── HeldWithCase         what the case holds stays in it
├── CaseIsHeld           the case has its hold
└── CaseIsNotHeld        the case has no hold
"""

from collections.abc import Sequence
from uuid import UUID

from provenance.review.errors import ReviewRefused


class ReviewSigned(ReviewRefused):
    """What somebody has signed is not changed."""

    def __init__(self) -> None:
        super().__init__("This review is signed. Begin a new round to add to it.")


class NothingSigned(ReviewRefused):
    """A new round follows a signature only."""

    def __init__(self) -> None:
        super().__init__("Nobody has signed this round yet, so it is still open.")


class AlreadySigned(ReviewRefused):
    """Four eyes: the second signature is another person's."""

    def __init__(self) -> None:
        super().__init__("You signed this round; the second signature must be somebody else's.")


class RubricUnanswered(ReviewRefused):
    """A signature covers an answer to every question."""

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__(f"Answer the rubric first; {len(questions)} of its questions are open.")
        self.questions = questions


class FindingsOpen(ReviewRefused):
    """An approval means that nothing is left to do."""

    def __init__(self, count: int) -> None:
        super().__init__(f"Resolve the open findings first ({count}), or sign another meaning.")


class ReadBeforeSigning(ReviewRefused):
    """A signature covers what the person has seen."""

    def __init__(self) -> None:
        super().__init__("Something was added since you opened this page. Read it, then sign.")


class OutputErased(ReviewRefused):
    """The words are gone, and so is what would be reviewed."""

    def __init__(self) -> None:
        super().__init__("This output was erased; nothing can be added to its review.")


class AssigneeRefused(ReviewRefused):
    """A review is assigned to somebody who may open the output and edit."""

    def __init__(self) -> None:
        super().__init__("This person may not review this. Choose a reviewer who may see it.")


class PasswordWrong(ReviewRefused):
    """Nothing was signed."""

    def __init__(self) -> None:
        super().__init__("This is not your password. Nothing was signed.")


class TooManyFailures(ReviewRefused):
    """Nobody tries passwords here."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"Too many wrong passwords. Nothing was signed; try again in {minutes} minutes."
        )


class NotPlacedYet(ReviewRefused):
    """A signature names the place of what it signs."""

    def __init__(self) -> None:
        super().__init__("This output was recorded a moment ago. Sign it in a few seconds.")


class NotFound(ReviewRefused):
    """There is no such thing for whoever asks."""


class FindingUnknown(NotFound):
    """There is no such open finding."""

    def __init__(self, finding_id: UUID) -> None:
        super().__init__(f"There is no open finding {finding_id}.")


class CaseUnknown(NotFound):
    """There is no such case, or it holds an output that is kept from whoever asks."""

    def __init__(self, case_id: UUID) -> None:
        super().__init__(f"There is no case {case_id}.")


class QueueUnknown(NotFound):
    """There is no such queue, or it was retired."""

    def __init__(self, queue_id: UUID) -> None:
        super().__init__(f"There is no queue {queue_id}.")


class CaseIsClosed(ReviewRefused):
    """Nothing is added to a case that came to its end."""

    def __init__(self) -> None:
        super().__init__("This case is closed. Reopen it, or open another one.")


class CaseIsOpen(ReviewRefused):
    """Only what was closed is reopened."""

    def __init__(self) -> None:
        super().__init__("This case is open.")


class NotInCase(ReviewRefused):
    """There is nothing to take out."""

    def __init__(self) -> None:
        super().__init__("This output is not in the case.")


class HeldWithCase(ReviewRefused):
    """A hold must not be got round by taking an output out of its case."""

    def __init__(self) -> None:
        super().__init__("This case is held. Lift its hold before you take an output out of it.")


class AlreadyInCase(ReviewRefused):
    """The output is in the case."""

    def __init__(self) -> None:
        super().__init__("This output is in the case already.")


class CaseIsHeld(ReviewRefused):
    """The case has its hold."""

    def __init__(self) -> None:
        super().__init__("This case is held already.")


class CaseIsNotHeld(ReviewRefused):
    """There is no hold that could be lifted."""

    def __init__(self) -> None:
        super().__init__("This case has no hold.")
