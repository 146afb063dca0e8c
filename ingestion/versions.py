"""Decides what handing in bytes means for a document: a new version, nothing new, a description.

Pure: it knows no database. A document's history is folded from its events, a decision is a value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from ingestion.errors import CurrentVersionMoved, SourceVersionReused
from ingestion.events import (
    DocumentDescribed,
    DocumentFailed,
    DocumentQuarantined,
    DocumentReleased,
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
    DocumentQuarantined,
    DocumentReleased,
)
# What an event about one version says of it.
FLAGS: Mapping[type[EventData], Mapping[str, bool]] = {
    DocumentFailed: {"failed": True},
    DocumentRetried: {"failed": False},
    DocumentQuarantined: {"quarantined": True},
    DocumentReleased: {"quarantined": False},
}
# A description by these is told to the sender; another source version alone is only remembered,
# and another file name is not worth an event.
TOLD = ("title", "source_uri", "metadata", "language", "effective_from", "effective_until")
REMEMBERED = (*TOLD, "source_version")


@dataclass(frozen=True)
class HandedIn:
    """A version as deciding needs it; `described_by` is the event that describes it now."""

    version_id: UUID
    number: int
    content_keyed_hash: str
    extracted_keyed_hash: str | None
    source_version_keyed_hashes: frozenset[str]
    described_by: UUID
    failed: bool = False
    withdrawn: bool = False
    quarantined: bool = False

    @property
    def live(self) -> bool:
        return not (self.failed or self.withdrawn)


@dataclass(frozen=True)
class DocumentHistory:
    """A document's versions in order; empty for a document that does not exist yet."""

    versions: tuple[HandedIn, ...] = ()

    @property
    def current(self) -> HandedIn | None:
        """The newest live version: failed ones and those that a withdrawal ended do not count.

        One in quarantine does: its bytes handed in again must not bring it back as a new version.
        """
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
    extracted_keyed_hash: str | None = None
    source_version_keyed_hash: str | None = None
    if_current_version: int | None = None
    described: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewVersion:
    """The bytes become version `number`."""

    number: int


@dataclass(frozen=True)
class Unchanged:
    """The current version has these bytes and this description."""

    version: HandedIn


@dataclass(frozen=True)
class Described:
    """The same bytes; `described` is the whole new description, `told` if it counts as one."""

    version: HandedIn
    described: Mapping[str, Any]
    told: bool


def fold_history(events: Iterable[tuple[UUID, EventData]]) -> DocumentHistory:
    """The history that (event id, data) pairs in stream order tell."""
    versions: list[HandedIn] = []
    for event_id, data in events:
        match data:
            case DocumentSubmitted():
                versions.append(_handed_in(event_id, data))
            case DocumentDescribed():
                _describe(versions, event_id, data)
            case DocumentWithdrawn():
                versions = [replace(each, withdrawn=True) for each in versions]
            case DocumentFailed() | DocumentRetried() | DocumentQuarantined() | DocumentReleased():
                _change(versions, data.version_id, **FLAGS[type(data)])
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
        raise CurrentVersionMoved(number)
    _refuse_reused_source_version(history, submission)
    if current is None or not _same_bytes(current, submission):
        return NewVersion(history.next_number)
    described = {**described_now, **submission.described}
    changed = {name for name in REMEMBERED if described.get(name) != described_now.get(name)}
    if not changed:
        return Unchanged(current)
    return Described(current, described, told=not changed.isdisjoint(TOLD))


def _same_bytes(version: HandedIn, submission: Submission) -> bool:
    """Text that comes with the bytes counts with them; without it, the version's stays."""
    return version.content_keyed_hash == submission.content_keyed_hash and (
        submission.extracted_keyed_hash in {None, version.extracted_keyed_hash}
    )


def _refuse_reused_source_version(history: DocumentHistory, submission: Submission) -> None:
    given = submission.source_version_keyed_hash
    for each in history.versions:
        known = given in each.source_version_keyed_hashes
        if known and each.content_keyed_hash != submission.content_keyed_hash:
            raise SourceVersionReused(each.number)


def _handed_in(event_id: UUID, data: DocumentSubmitted) -> HandedIn:
    return HandedIn(
        version_id=data.version_id,
        number=data.version_number,
        content_keyed_hash=data.content_keyed_hash,
        extracted_keyed_hash=data.extracted_keyed_hash,
        source_version_keyed_hashes=_set_of(data.source_version_keyed_hash),
        described_by=event_id,
    )


def _describe(versions: list[HandedIn], event_id: UUID, data: DocumentDescribed) -> None:
    for each in versions:
        if each.version_id == data.version_id:
            known = each.source_version_keyed_hashes | _set_of(data.source_version_keyed_hash)
            _change(
                versions, each.version_id, described_by=event_id, source_version_keyed_hashes=known
            )


def _set_of(value: str | None) -> frozenset[str]:
    return frozenset() if value is None else frozenset({value})


def _change(versions: list[HandedIn], version_id: UUID, **changes: Any) -> None:
    for index, each in enumerate(versions):
        if each.version_id == version_id:
            versions[index] = replace(each, **changes)
