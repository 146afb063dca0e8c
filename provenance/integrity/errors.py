"""What can be wrong with proofs and checkpoints.

IntegrityError
├── NodeMissing
├── NoteInvalid
├── Inconsistent
├── WrongSigningKey
├── AnchoredAhead
├── NotReached
├── TimeStampInvalid
└── NotSealedYet
ReleaseRefused
├── ReleaseUnknown
├── ReleaseDecided
├── ReleaseNeedsAnother
└── NothingToRelease
"""

from uuid import UUID


class IntegrityError(Exception):
    """The log, or what should prove it, is not as it must be."""


class NodeMissing(IntegrityError):
    """A hash of the tree is not stored."""

    def __init__(self, level: int, index: int) -> None:
        super().__init__(f"The tree lacks the node at level {level}, index {index}.")
        self.level, self.index = level, index


class NoteInvalid(IntegrityError):
    """A signed note is malformed, or a signature of a known key does not verify."""


class Inconsistent(IntegrityError):
    """The tree no longer continues what was signed before: nothing may be signed any more."""


class WrongSigningKey(IntegrityError):
    """The key given for signing is not the log's: give the right one, or rotate."""

    def __init__(self, current: str) -> None:
        super().__init__(
            f"The log's key is {current}, and RAGLEDGER_LOG_SIGNING_KEY is another: set the right"
            " one, or run manage.py rotate_signing_key."
        )
        self.current = current


class AnchoredAhead(IntegrityError):
    """A checkpoint kept outside is ahead of the database, or contradicts it: it was set back."""


class NotReached(IntegrityError):
    """A witness or an anchor did not take a checkpoint; its text says why."""


class TimeStampInvalid(IntegrityError):
    """A time stamp proves nothing about the checkpoint that it should be over."""


class NotSealedYet(IntegrityError):
    """No checkpoint covers this yet; one is sealed within seconds."""


class ReleaseRefused(Exception):
    """Old contents of the log stay where they are; the text says why."""


class ReleaseUnknown(ReleaseRefused):
    """There is no such release."""

    def __init__(self, release_id: UUID) -> None:
        super().__init__(f"There is no release {release_id}.")


class ReleaseDecided(ReleaseRefused):
    """The request is no longer open."""

    def __init__(self, status: str) -> None:
        super().__init__(f"This request is no longer open: it is {status}.")


class ReleaseNeedsAnother(ReleaseRefused):
    """Four eyes: whoever asked may not approve."""

    def __init__(self) -> None:
        super().__init__("Whoever asked for a release cannot approve it; somebody else must.")


class NothingToRelease(ReleaseRefused):
    """No interaction lies wholly in the range and may go."""
