"""Decides what handing in bytes means for a document: a new version, nothing new, or a description.

Pure: it knows no database. A document's history is folded from its events, a decision is a value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from ingestion.events import (
    DocumentDescribed,
    DocumentFailed,
    DocumentRetried,
    DocumentSubmitted,
    DocumentWithdrawn,
)
from provenance.eventstore.event_types import EventData

HISTORY_EVENTS: tuple[type[EventData], ...] = (
    DocumentSubmitted,
    DocumentDescribed,
    DocumentFailed,
    DocumentRetried,
    DocumentWithdrawn,
)


class VersionRefused(Exception):
    """The document's state forbids what was asked; the text says what to do."""


class CurrentVersionMoved(VersionRefused):
    """`if_current_version` does not hold: read the document again and decide anew."""


class SourceVersionReused(VersionRefused):
    """The same source version came with other bytes: give new bytes a new source version."""


@dataclass(frozen=True)
class HandedIn:
    """A version as deciding needs it. `described_by` is the event that describes it now."""

    version_id: UUID
    number: int
    content_keyed_hash: str
    source_version_keyed_hash: str | None
    described_by: UUID
    effective_from: str | None
    effective_until: str | None
    failed: bool = False
    withdrawn: bool = False

    @property
    def live(self) -> bool:
        return not (self.failed or self.withdrawn)


@dataclass(frozen=True)
class DocumentHistory:
    """A document's versions in order; empty for a document that does not exist yet."""

    versions: tuple[HandedIn, ...] = ()

    @property
    def current(self) -> HandedIn | None:
        """The newest version, unless a withdrawal ended it; failed ones do not count."""
        return next((each for each in reversed(self.versions) if each.live), None)

    @property
    def next_number(self) -> int:
        return len(self.versions) + 1

    def version(self, version_id: UUID) -> HandedIn | None:
        return next((each for each in self.versions if each.version_id == version_id), None)


@dataclass(frozen=True)
class Submission:
    """What is handed in. `described` holds the given fields only; absent ones stay as they are."""

    content_keyed_hash: str
    source_version_keyed_hash: str | None = None
    if_current_version: int | None = None
    described: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewVersion:
    number: int


@dataclass(frozen=True)
class Unchanged:
    version: HandedIn


@dataclass(frozen=True)
class Described:
    """The same bytes; `described` is the whole new description."""

    version: HandedIn
    described: Mapping[str, Any]


def fold_history(events: Iterable[tuple[UUID, EventData]]) -> DocumentHistory:
    """The history that (event id, data) pairs in stream order tell."""
    versions: list[HandedIn] = []
    for event_id, data in events:
        match data:
            case DocumentSubmitted():
                versions.append(_handed_in(event_id, data))
            case DocumentDescribed():
                _change(
                    versions,
                    data.version_id,
                    described_by=event_id,
                    effective_from=data.effective_from,
                    effective_until=data.effective_until,
                )
            case DocumentFailed():
                _change(versions, data.version_id, failed=True)
            case DocumentRetried():
                _change(versions, data.version_id, failed=False)
            case DocumentWithdrawn():
                versions = [replace(each, withdrawn=True) for each in versions]
            case _:
                pass
    return DocumentHistory(tuple(versions))


def decide(
    history: DocumentHistory, submission: Submission, *, described_now: Mapping[str, Any]
) -> NewVersion | Unchanged | Described:
    """What the submission means; `described_now` describes the current version ({} if none).

    Raises CurrentVersionMoved, SourceVersionReused.
    """
    current = history.current
    number = current.number if current else 0
    if submission.if_current_version not in {None, number}:
        raise CurrentVersionMoved(
            f"The current version is {number}, not {submission.if_current_version}."
        )
    if _source_version_has_other_bytes(history, submission):
        raise SourceVersionReused("This source version was handed in with other bytes before.")
    if current is None or current.content_keyed_hash != submission.content_keyed_hash:
        return NewVersion(history.next_number)
    described = {**described_now, **submission.described}
    if described == dict(described_now):
        return Unchanged(current)
    return Described(current, described)


def _source_version_has_other_bytes(history: DocumentHistory, submission: Submission) -> bool:
    given = submission.source_version_keyed_hash
    same = [each for each in history.versions if each.source_version_keyed_hash == given]
    return given is not None and any(
        each.content_keyed_hash != submission.content_keyed_hash for each in same
    )


def _handed_in(event_id: UUID, data: DocumentSubmitted) -> HandedIn:
    return HandedIn(
        version_id=data.version_id,
        number=data.version_number,
        content_keyed_hash=data.content_keyed_hash,
        source_version_keyed_hash=data.source_version_keyed_hash,
        described_by=event_id,
        effective_from=data.effective_from,
        effective_until=data.effective_until,
    )


def _change(versions: list[HandedIn], version_id: UUID, **changes: Any) -> None:
    for index, each in enumerate(versions):
        if each.version_id == version_id:
            versions[index] = replace(each, **changes)
