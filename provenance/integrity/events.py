"""The events of the log about itself."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type
from provenance.eventstore.listings import Listing
from provenance.sealing.box import Box


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


@event_type("RangeReleaseRequested", version=1)
class RangeReleaseRequested(EventData):
    """Somebody asked that old contents leave the database for an archive, which was verified.

    `streams` interactions lie wholly in `[first, end)` and may go; `kept` may not. `range_sha256`
    is that of the archive's RangeExported, `archive_sha256` of its file.
    """

    release_id: UUID
    first: int
    end: int
    range_sha256: str
    archive_sha256: str
    streams: int
    kept: int
    reason: Box


@event_type("RangeReleaseApproved", version=1)
class RangeReleaseApproved(EventData):
    """Another person agreed: the release may be carried out from here on."""

    release_id: UUID


@event_type("RangeReleaseRejected", version=1)
class RangeReleaseRejected(EventData):
    """The release was refused, or taken back; nothing of it may be carried out."""

    release_id: UUID
    reason: Box


@event_type("RangeReleased", version=1)
class RangeReleased(EventData):
    """The bytes of these positions lie in the archive only; their leaf hashes stay.

    `released` lists runs `[first, until)` of positions, all of them in `[first, end)`.
    """

    release_id: UUID
    first: int
    end: int
    archive_sha256: str
    released: Listing
    streams: int


@event_type("RangeRestored", version=1)
class RangeRestored(EventData):
    """Bytes that had been released were put back from an archive; each has its leaf's hash."""

    first: int
    end: int
    archive_sha256: str
    events: int
    blobs: int
