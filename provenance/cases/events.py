"""The events of reviews, of cases that gather outputs, and of the queues reviews are taken from.

What people write about an output lies under the output's own key: its erasure takes that along.
What they write about a case or a queue lies under the key of that, a printed name under the key of
the person who bears it.
"""

from typing import Literal
from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.sealing.box import Box

Answer = Literal["yes", "no", "not_applicable"]
Severity = Literal["minor", "major", "critical"]
Resolution = Literal["corrected", "accepted", "mistaken"]
Meaning = Literal["review", "approval", "rejection", "responsibility"]


@event_type("ReviewAssigned", version=1)
class ReviewAssigned(EventData):
    """An output is to be reviewed by somebody; without `assignee` by whoever takes it.

    `due_on` is a day, RFC 3339.
    """

    output_id: UUID
    round: int
    assignee: UUID | None = None
    due_on: str | None = None


class RubricAnswer(EventData):
    """One question of the rubric by its name, and what was answered."""

    question: str
    answer: Answer


@event_type("RubricAnswered", version=1)
class RubricAnswered(EventData):
    """The questions of a rubric were answered; earlier answers of the round no longer count.

    `rubric` names the list of questions and its version.
    """

    output_id: UUID
    round: int
    rubric: str
    answers: list[RubricAnswer]
    note: Box | None = None


@event_type("FindingRaised", version=1)
class FindingRaised(EventData):
    """Something is wrong with an output.

    `start` and `end` are code points of the output's text; chunk and version name the passage that
    the finding is about.
    """

    output_id: UUID
    round: int
    finding_id: UUID
    severity: Severity
    statement: Box
    start: int | None = None
    end: int | None = None
    chunk_id: UUID | None = None
    version_id: UUID | None = None


@event_type("FindingResolved", version=1)
class FindingResolved(EventData):
    """A finding needs nothing more."""

    output_id: UUID
    round: int
    finding_id: UUID
    resolution: Resolution
    note: Box


@event_type("CommentAdded", version=1)
class CommentAdded(EventData):
    """Somebody said something about an output or, where `case_id` stands, about a case."""

    comment_id: UUID
    output_id: UUID | None = None
    case_id: UUID | None = None
    round: int | None = None
    text: Box


class SignedRecord(EventData):
    """What a signature is bound to: the event that reported the output, and its leaf of the log.

    `leaf_hash` is base64 of the RFC 6962 hash of the event's bytes.
    """

    event_id: UUID
    position: int
    leaf_hash: str


@event_type("OutputSigned", version=1)
class OutputSigned(EventData):
    """A person signed the review of an output, having given user name and password again.

    `covers` is how many events of the review the signature covers; `signatures_needed` how many
    different people have to sign this round.
    """

    output_id: UUID
    round: int
    meaning: Meaning
    printed_name: Box
    reason: Box | None = None
    record: SignedRecord
    covers: int
    signatures_needed: int
    factors: list[str]


@event_type("SignatureRefused", version=1)
class SignatureRefused(EventData):
    """Somebody who is signed in tried to sign an output with a wrong password."""

    user_id: UUID
    output_id: UUID


@event_type("ReviewReopened", version=1)
class ReviewReopened(EventData):
    """A new round of review began; what was signed before stays as it is."""

    output_id: UUID
    round: int
    reason: Box


@event_type("CaseOpened", version=1)
class CaseOpened(EventData):
    """Outputs are gathered for a reason from here on."""

    case_id: UUID
    title: Box
    description: Box | None = None


@event_type("CaseAssigned", version=1)
class CaseAssigned(EventData):
    """Somebody is to lead a case to its end; `due_on` is a day, RFC 3339."""

    case_id: UUID
    assignee: UUID | None = None
    due_on: str | None = None


@event_type("OutputAddedToCase", version=1)
class OutputAddedToCase(EventData):
    """An output belongs to a case."""

    case_id: UUID
    output_id: UUID


@event_type("OutputRemovedFromCase", version=1)
class OutputRemovedFromCase(EventData):
    """An output no longer belongs to a case; that it did, and why it does not, stays."""

    case_id: UUID
    output_id: UUID
    reason: Box


@event_type("CaseHeld", version=1)
class CaseHeld(EventData):
    """Every output of the case, and each that is added later, stands under a legal hold."""

    case_id: UUID
    reason: Box


@event_type("CaseHoldLifted", version=1)
class CaseHoldLifted(EventData):
    """The holds that the case placed no longer stand."""

    case_id: UUID
    reason: Box


@event_type("CaseClosed", version=1)
class CaseClosed(EventData):
    """The case came to its end; a hold on its outputs outlasts it."""

    case_id: UUID
    conclusion: Box


@event_type("CaseReopened", version=1)
class CaseReopened(EventData):
    """A case that had come to its end goes on; its conclusion stays in the log."""

    case_id: UUID
    reason: Box


class QueueRule(EventData):
    """Which outputs a queue brings up: those that meet everything that is given.

    `unsupported` asks for a sentence without support, `outdated` for a source that is no longer
    current. `share` of all these, in millionths, is drawn by a hash of queue and output.
    """

    unsupported: bool = False
    outdated: bool = False
    application: str | None = None
    model: str | None = None
    collection: str | None = None
    share: int | None = None


@event_type("QueueDefined", version=1)
class QueueDefined(EventData):
    """Outputs that meet a rule wait for a review from here on, earlier ones too."""

    queue_id: UUID
    name: Box
    rule: QueueRule


@event_type("QueueRetired", version=1)
class QueueRetired(EventData):
    """A queue brings nothing up any more; reviews that were begun go on."""

    queue_id: UUID
