"""What can go wrong at the log.

LogError
├── VersionConflict     another writer was faster: read the stream again and decide anew
├── EventIdConflict     the id stands for another fact: use another id
└── BlobMissing         an event names a blob that is not there: the log is damaged
"""

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


class BlobMissing(LogError):
    """A blob that an event names is not stored: restore it from a backup."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"Blob {digest} is missing.")
        self.digest = digest
