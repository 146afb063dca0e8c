"""Carries an approved erasure out, step by step; each step may be done again.

What is to go is written down before the first key is destroyed, so that a crash in between leaves
a list to go on from. Keys go first: from then on nobody can read, whatever still lies about.
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from ingestion.events import DocumentProcessed, DocumentRecut, DocumentReread
from provenance.eventstore import store
from provenance.eventstore.blobs import count_erased, erase_blobs
from provenance.eventstore.event_types import EventData
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.fingerprints import keyed_hash
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import Listing, read_listing, store_listing
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import SYSTEM, NewEvent, Recorded
from provenance.eventstore.sealed import reveal_text
from provenance.projections.models import ParkedEvent, WorkLease
from provenance.projections.standing import has_folded
from provenance.projections.work import RetryLater
from provenance.review.caches import forget_everywhere
from provenance.review.commands import read_erasure, stream_of, target_of
from provenance.review.erasures import Status
from provenance.review.events import ErasureApproved, ErasureExecuted, ErasureStarted
from provenance.review.finding import Record, Target, find, record_of
from provenance.review.holds import holds_are_folded, holds_on, share_holds
from provenance.sealing.keys import destroy_keys, key_id, lock_keys

SLICE = 500
# Where the records of a subject, a document and an output are looked up.
LOOKED_UP_IN = ("knowledge", "interactions", "subject_records")

Renew = Callable[[], None]


def execute_erasure(*, erasure_id: UUID, renew: Renew = lambda: None) -> None:
    """Destroys the keys, then the blobs and answers that only they could open.

    Raises RetryLater while a hold stands, or while the read models are behind the approval.
    """
    events, erasure = read_erasure(erasure_id)
    if erasure.status in {Status.EXECUTED, Status.CERTIFIED}:
        return
    approved = next(each for each in events if isinstance(each.data, ErasureApproved))
    records = _listed(erasure_id, approved, target_of(events))
    # What lent its words first: rows that borrowed them are then written once, not three times.
    records = sorted(records, reverse=True)
    for start in range(0, len(records), SLICE):
        _destroy(approved, records[start : start + SLICE], target_of(events))
        renew()
    destroyed = destroyed_records(erasure_id)
    _erase_blobs(destroyed, renew)
    _forget(destroyed)
    # Counted, not summed up: an attempt that was broken off has erased some already.
    blobs = count_erased(record.kid for record in destroyed)
    _record_executed(approved, keys=len(destroyed), blobs=blobs)


def destroyed_records(erasure_id: UUID) -> list[Record]:
    """What the erasure destroyed, as the log has it: each in the stream of what it was."""
    streams = store.streams_told(erasure_id, SubjectKeyDestroyed)
    return [record_of(stream) for stream in streams if stream != stream_of(erasure_id)]


def _listed(erasure_id: UUID, approved: Recorded[ErasureApproved], target: Target) -> list[Record]:
    """What is to go; found once, and written down."""
    started = store.read_event(derived_id(erasure_id, "ErasureStarted"))
    if started is None:
        if not has_folded(approved, LOOKED_UP_IN):
            raise RetryLater("The read models are behind the log.")
        found = find(target)
        listing = store_listing([[each.owner, str(each.record_id)] for each in found.records])
        data = ErasureStarted(erasure_id=erasure_id, records=listing, left_out=len(found.left_out))
        _append_after(approved, [data])
        return list(found.records)
    return [Record(owner, UUID(id_)) for owner, id_ in read_listing(started.data.records)]


@store.decides_again
@transaction.atomic
def _destroy(
    approved: Recorded[ErasureApproved], records: Sequence[Record], target: Target
) -> None:
    """Destroys the keys of the records and says so in each one's own stream. Raises RetryLater."""
    share_holds()
    if not holds_are_folded(LOOKED_UP_IN):
        raise RetryLater("The read models are behind the holds.")
    if held := holds_on(records, target):
        raise RetryLater(f"A legal hold stands: {held[0]}.")
    by_kid = {record.kid: record for record in records}
    living = [by_kid[kid] for kid in lock_keys(by_kid)]
    if not living:
        return
    heads = store.stream_versions(record.stream for record in living)
    # Passages are read before the key is gone; nothing can be added to a locked document.
    new = [_destroyed(approved, record, _passages(record)) for record in living]
    store.append(new, expected={record.stream: heads.get(record.stream, 0) for record in living})
    destroy_keys(event.event_id for event in new)


def _destroyed(
    approved: Recorded[ErasureApproved], record: Record, passages: Listing | None
) -> NewEvent[SubjectKeyDestroyed]:
    erasure_id = approved.data.erasure_id
    return NewEvent(
        data=SubjectKeyDestroyed(
            erasure_id=erasure_id,
            kid=record.kid,
            owner=record.owner,
            owner_id=record.record_id,
            passages=passages,
        ),
        stream=record.stream,
        event_id=derived_id(erasure_id, f"SubjectKeyDestroyed/{record.kid}"),
        actor=SYSTEM,
        correlation_id=erasure_id,
        causation_id=approved.event_id,
    )


def _passages(record: Record) -> Listing | None:
    """The keyed hashes of a document's passages, whatever the processing."""
    if record.owner != "document":
        return None
    events = store.read_stream(
        record.stream, types=[DocumentProcessed, DocumentReread, DocumentRecut]
    )
    texts: dict[UUID, str] = {}
    hashes: set[str] = set()
    with prefetched(events):
        for event in events:
            if not isinstance(event.data, DocumentRecut):
                texts[event.data.processing_id] = reveal_text(event, "text") or ""
            hashes |= _hashes(event.data, texts)
    return store_listing(sorted(hashes))


def _hashes(
    cut: DocumentProcessed | DocumentReread | DocumentRecut, texts: Mapping[UUID, str]
) -> set[str]:
    """The keyed hashes of what a processing, or a further cut of its text, made."""
    of = cut.cut_from if isinstance(cut, DocumentRecut) else cut.processing_id
    spans = read_listing(cut.spans)
    return {keyed_hash(texts[of][start:end], purpose="chunk text") for start, end in spans}


def _erase_blobs(records: Sequence[Record], renew: Renew) -> None:
    for start in range(0, len(records), SLICE):
        part = records[start : start + SLICE]
        erase_blobs(
            kids=[record.kid for record in part],
            streams=[stream for record in part for stream in record.sealed_in],
        )
        renew()


def _forget(records: Sequence[Record]) -> None:
    """Kept answers, and what stands in notes about failures: a traceback may quote a text."""
    ids = [record.record_id for record in records]
    forget_everywhere(ids)
    WorkLease.objects.filter(subject_id__in=ids).update(problem="")
    streams = [stream for record in records for stream in record.sealed_in]
    ParkedEvent.objects.filter(stream__in=streams).update(
        problem="What it was about has been erased.", traceback=""
    )


@store.decides_again
@transaction.atomic
def _record_executed(approved: Recorded[ErasureApproved], *, keys: int, blobs: int) -> None:
    """Forgets last whom the erasure was about: until here a broken-off run needs to know."""
    erasure_id = approved.data.erasure_id
    own = key_id("subject", erasure_id)
    facts: list[EventData] = []
    if lock_keys([own]):
        facts.append(
            SubjectKeyDestroyed(
                erasure_id=erasure_id, kid=own, owner="erasure", owner_id=erasure_id
            )
        )
    facts.append(ErasureExecuted(erasure_id=erasure_id, keys=keys, blobs=blobs))
    _append_after(approved, facts)
    destroy_keys([derived_id(erasure_id, SubjectKeyDestroyed.__name__)])


def _append_after(approved: Recorded[ErasureApproved], facts: Sequence[EventData]) -> None:
    erasure_id = approved.data.erasure_id
    stream = stream_of(erasure_id)
    events = [
        NewEvent(
            data=data,
            stream=stream,
            event_id=derived_id(erasure_id, type(data).__name__),
            actor=SYSTEM,
            correlation_id=erasure_id,
            causation_id=approved.event_id,
        )
        for data in facts
    ]
    store.append(events, expected={stream: store.stream_version(stream)})
