"""Releases old contents of the log to an archive under four eyes, and puts them back."""

from pathlib import Path
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from provenance.accounts.access import Principal
from provenance.accounts.models import Scope
from provenance.eventstore import released, store
from provenance.eventstore.blobs import put_blob
from provenance.eventstore.event_types import EventData
from provenance.eventstore.ids import derived_id, new_id
from provenance.eventstore.listings import store_listing
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import NewEvent, Recorded
from provenance.eventstore.sealed import Sealer, reveal_text
from provenance.exports.errors import ArchiveRefused
from provenance.exports.range_reading import Archive, open_archive
from provenance.exports.release_choice import Choice, choose
from provenance.integrity import releases
from provenance.integrity.errors import NothingToRelease, NotSealedYet, ReleaseUnknown
from provenance.integrity.events import (
    RangeReleased,
    RangeReleaseRejected,
    RangeReleaseRequested,
    RangeRestored,
)
from provenance.integrity.releases import STREAM, Release, Status
from provenance.projections.standing import has_folded
from provenance.review.holds import share_holds
from provenance.sealing.box import Box
from provenance.sealing.keys import key_for

MAX_REASON_CHARACTERS = 4000
# Where holds and open cases are looked up.
LOOKED_UP_IN = ("interactions", "subject_records", "reviews")


def listed() -> dict[UUID, Release]:
    """Every release, in the order in which they were asked for."""
    return _read()[0]


def reasons() -> dict[UUID, str]:
    """Why each release was asked for."""
    asked = store.read_stream(STREAM, types=[RangeReleaseRequested])
    with prefetched(asked):
        return {each.data.release_id: reveal_text(each, "reason") or "" for each in asked}


def standing_release(archive: Archive) -> Release | None:
    """The newest release of this archive that is neither rejected nor carried out."""
    same = [
        each
        for each in listed().values()
        if each.asked.archive_sha256 == archive.sha256
        and each.status in {Status.REQUESTED, Status.APPROVED}
    ]
    return same[-1] if same else None


def request_release(*, archive: Archive, reason: str, principal: Principal) -> Choice:
    """Records that the archive's interactions may leave; nothing goes before somebody agrees.

    Raises ArchiveRefused, NothingToRelease.
    """
    archive.check()
    exported = archive.exported
    choice = choose(exported.first, exported.end)
    if not choice.streams:
        raise NothingToRelease(why_nothing(choice))
    _ask(archive, choice, reason, principal)
    return choice


@store.decides_again
@transaction.atomic
def _ask(archive: Archive, choice: Choice, reason: str, principal: Principal) -> None:
    release_id = new_id()
    event_id = derived_id(release_id, "RangeReleaseRequested")
    data = RangeReleaseRequested(
        release_id=release_id,
        first=choice.first,
        end=choice.end,
        range_sha256=archive.exported.range_sha256,
        archive_sha256=archive.sha256,
        streams=len(choice.streams),
        kept=len(choice.kept),
        reason=_sealed(reason, event_id, release_id),
    )
    _append(data, event_id, principal, head=store.stream_version(STREAM))


@store.decides_again
@transaction.atomic
def approve_release(*, release_id: UUID, principal: Principal) -> None:
    """Raises ReleaseUnknown, ReleaseDecided, ReleaseNeedsAnother, PermissionDenied."""
    _require_administrator(principal)
    release, head = _known(release_id)
    data = releases.approve(release, approver=principal.actor)
    _append(data, derived_id(release_id, "RangeReleaseApproved"), principal, head=head)


@store.decides_again
@transaction.atomic
def reject_release(*, release_id: UUID, reason: str, principal: Principal) -> None:
    """Raises ReleaseUnknown, ReleaseDecided, PermissionDenied."""
    _require_administrator(principal)
    release, head = _known(release_id)
    releases.require_open(release)
    event_id = derived_id(release_id, "RangeReleaseRejected")
    data = RangeReleaseRejected(release_id=release_id, reason=_sealed(reason, event_id, release_id))
    _append(data, event_id, principal, head=head)


def carry_out(*, archive: Archive, release: Release, principal: Principal) -> tuple[int, int]:
    """Empties the events, and removes their sealed parts; returns how many of each.

    Raises ArchiveRefused, NothingToRelease, NotSealedYet while the read models are behind.
    """
    archive.check()
    approved = store.read_event(derived_id(release.asked.release_id, "RangeReleaseApproved"))
    if approved is None or not has_folded(approved, LOOKED_UP_IN):
        raise NotSealedYet("The read models are behind the approval.")
    return _release(release.asked, approved, principal)


@store.decides_again
@transaction.atomic
def _release(
    asked: RangeReleaseRequested, approved: Recorded[EventData], principal: Principal
) -> tuple[int, int]:
    """What holds and cases keep is asked again, with nobody able to place a hold meanwhile."""
    share_holds()
    choice = choose(asked.first, asked.end)
    if not choice.streams:
        raise NothingToRelease(why_nothing(choice))
    event_id = derived_id(asked.release_id, "RangeReleased")
    data = RangeReleased(
        release_id=asked.release_id,
        first=asked.first,
        end=asked.end,
        archive_sha256=asked.archive_sha256,
        released=store_listing(choice.runs()),
        streams=len(choice.streams),
    )
    head = store.stream_version(STREAM)
    _append(data, event_id, principal, head=head, causation_id=approved.event_id)
    return released.release(event_id)


@store.decides_again
@transaction.atomic
def restore_range(*, path: Path, principal: Principal) -> RangeRestored:
    """Puts back whatever the archive holds and the log lacks. Raises ArchiveRefused, OSError."""
    archive = open_archive(path)
    events = sum(released.put_back(batch) for batch in archive.events())
    if not events:
        raise ArchiveRefused(f"The log lacks nothing that {path} holds.")
    blobs = 0
    for _, data in archive.blobs():
        put_blob(data)
        blobs += 1
    event_id = new_id()
    restored = RangeRestored(
        first=archive.exported.first,
        end=archive.exported.end,
        archive_sha256=archive.sha256,
        events=events,
        blobs=blobs,
    )
    _append(restored, event_id, principal, head=store.stream_version(STREAM))
    return restored


def why_nothing(choice: Choice) -> str:
    """What keeps every interaction of the range here."""
    if not choice.kept:
        return "No interaction with contents lies in this range."
    stream, reason = next(iter(choice.kept.items()))
    more = len(choice.kept) - 1
    others = f" {more:,} more stay as well." if more else ""
    return f"Nothing of this range may go. {stream}: {reason}.{others}"


def _read() -> tuple[dict[UUID, Release], int]:
    """Every release, and how many events told of them: what is decided counts only after these."""
    events = store.read_stream(STREAM)
    return releases.fold((event.actor, event.data) for event in events), len(events)


def _known(release_id: UUID) -> tuple[Release, int]:
    """The release, and the head of the stream that told of it. Raises ReleaseUnknown."""
    found, head = _read()
    if release_id not in found:
        raise ReleaseUnknown(release_id)
    return found[release_id], head


def _sealed(reason: str, event_id: UUID, release_id: UUID) -> Box:
    sealer = Sealer(event_id=event_id, key=key_for("review", release_id))
    return sealer.text("reason", reason[:MAX_REASON_CHARACTERS])


def _append(
    data: EventData,
    event_id: UUID,
    principal: Principal,
    *,
    head: int,
    causation_id: UUID | None = None,
) -> None:
    new = NewEvent(
        data=data,
        stream=STREAM,
        event_id=event_id,
        actor=principal.actor,
        causation_id=causation_id,
    )
    store.append([new], expected={STREAM: head})


def _require_administrator(principal: Principal) -> None:
    if principal.collections is not None or not principal.has(Scope.ADMIN):
        raise PermissionDenied("This is for administrators who see every collection.")
