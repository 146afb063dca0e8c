"""The event of a log that was brought back from a backup."""

from uuid import UUID

from provenance.eventstore.event_types import EventData, event_type


@event_type("LogRestored", version=1)
class LogRestored(EventData):
    """The log was restored from a backup, and goes on under `new_origin`.

    The first `size` events, with the Merkle root `root`, are those that had their positions when
    the backup was made; `placed_anew` events had none yet and got theirs here. What the source
    recorded later is not in this log. `keys_missing` data keys were not in what was restored:
    what they sealed cannot be read.
    """

    backup_id: UUID
    backup_made_at: str
    size: int
    root: str
    old_origin: str | None = None
    new_origin: str
    placed_anew: int
    keys_missing: int
