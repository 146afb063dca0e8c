"""The events of the log about itself."""

from provenance.eventstore.event_types import EventData, event_type


@event_type("CheckpointPublished", version=1)
class CheckpointPublished(EventData):
    """A checkpoint was put where this installation cannot change it.

    `anchors` names the places; `witnesses` those who had cosigned it by then.
    """

    origin: str
    size: int
    root: str
    anchors: list[str]
    witnesses: list[str]


@event_type("SigningKeyRotated", version=1)
class SigningKeyRotated(EventData):
    """Another key signs the log from a size on; `endorsement` is a note that the old key signed."""

    origin: str
    since_size: int
    old_key: str
    new_key: str
    endorsement: str


@event_type("LogVerified", version=1)
class LogVerified(EventData):
    """The log was verified: all of it, or samples of it.

    `root` is recomputed from the first `size` events (absent for samples); where the log is
    broken, `problem` says how, and `first_broken_position` where, if it has a place.
    """

    scope: str
    size: int
    root: str | None = None
    checkpoints: int
    whole: bool
    first_broken_position: int | None = None
    problem: str | None = None
    milliseconds: int
