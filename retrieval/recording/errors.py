"""What can go wrong when an application reports a record.

RecordingError
├── UnknownReference    the record names another one that is not there, or not this application's
├── IdReused            the caller's id stands for another record
└── RecordNotFound      there is no such record, or not for this principal
"""

from collections.abc import Sequence
from uuid import UUID

Step = str | int


class RecordingError(Exception):
    """The root of recording's errors; nothing was recorded."""


class UnknownReference(RecordingError):
    """The record names records that are unknown to this application: report them first."""

    def __init__(self, paths: Sequence[tuple[Step, ...]], what: str) -> None:
        super().__init__(f"There is no such {what}.")
        self.paths = tuple(paths)


class IdReused(RecordingError):
    """The id was used with another body: use another id for another record."""

    def __init__(self, kind: str, record_id: UUID) -> None:
        super().__init__(f"The {kind}_id {record_id} was used with another body.")
        self.path: tuple[Step, ...] = (f"{kind}_id",)
        self.record_id = record_id


class RecordNotFound(RecordingError):
    """There is no such record for this principal."""

    def __init__(self, kind: str, record_id: UUID) -> None:
        super().__init__(f"There is no {kind} {record_id} for this key.")
        self.record_id = record_id
