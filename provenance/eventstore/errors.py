"""What can go wrong at the log.

LogError
├── VersionConflict     another writer was faster: read the stream again and decide anew
├── EventIdConflict     the id stands for another fact: use another id
├── EventReleased       the bytes lie in an archive: put them back with manage.py restore_range
└── BlobMissing         an event names a blob that is not there: the log is damaged
"""

from datetime import datetime
from uuid import UUID


class LogError(Exception):
    """The root of the log's errors."""


class VersionConflict(LogError):
    """The stream moved on since it was read. Read it again and decide anew."""

    def __init__(self, streams: list[str]) -> None:
        super().__init__(f"Another writer was faster on {', '.join(streams)}.")
        self.streams = streams


class EventIdConflict(LogError):
    """The id is already used for another fact. Use another id for another fact."""

    def __init__(self, event_id: UUID) -> None:
        super().__init__(f"Event {event_id} is already recorded with other content.")
        self.event_id = event_id


class EventReleased(LogError):
    """The bytes of an event were released to an archive. Put them back to read it."""

    def __init__(self, position: int | None, archive_sha256: str, at: datetime | None) -> None:
        when = f" on {at:%Y-%m-%d}" if at else ""
        super().__init__(
            f"The contents of position {position} were released{when} to the archive with SHA-256"
            f" {archive_sha256 or 'unknown'}: manage.py restore_range puts them back."
        )
        self.position, self.archive_sha256, self.at = position, archive_sha256, at


class BlobMissing(LogError):
    """A blob that an event names is not stored: restore it from a backup."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"Blob {digest} is missing.")
        self.digest = digest
