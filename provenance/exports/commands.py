"""Hands out evidence, and records that it was handed out."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import NewEvent
from provenance.eventstore.released import first_released, refusal
from provenance.eventstore.store import append
from provenance.exports.bundle import Bundle, build
from provenance.exports.errors import NothingToExport, RangeIncomplete
from provenance.exports.events import EvidenceExported, RangeExported
from provenance.exports.range_archive import RangeWriter
from provenance.exports.selection import CaseThen, Period, case_then, outputs_in
from provenance.integrity import checkpoints


def export_period(*, period: Period, principal: Principal) -> Bundle:
    """The bundle of all outputs of a period that the principal may read; close it.

    Raises NothingToExport, TooManyOutputs, and what `export_evidence` raises.
    """
    output_ids = outputs_in(period, principal=principal)
    return export_evidence(output_ids=output_ids, principal=principal, period=period)


def export_case(*, case_id: UUID, principal: Principal) -> Bundle:
    """The bundle of a case: the outputs that it holds, and what happened in it; close it.

    Raises NothingToExport, TooManyOutputs, and what `export_evidence` raises.
    """
    case = case_then(case_id, principal=principal)
    return export_evidence(output_ids=case.outputs, principal=principal, case=case)


def export_range(*, first: int, end: int, target: Path, principal: Principal) -> RangeExported:
    """Writes every event of the positions `[first, end)` to an archive, and records that.

    Raises NothingToExport, RangeIncomplete, NotSealedYet, OSError.
    """
    if not 0 <= first < end:
        raise NothingToExport("range")
    gone = first_released(first, end)
    if gone is not None:
        raise RangeIncomplete(str(refusal(gone)))
    checkpoint = checkpoints.newest_covering(end - 1)
    written = RangeWriter(first, end, checkpoint).write(target)
    data = RangeExported(
        first=first,
        end=end,
        checkpoint_origin=checkpoint.origin,
        checkpoint_size=checkpoint.size,
        range_sha256=written.range_sha256,
        events_sha256=written.events_sha256,
        blobs=written.blobs,
    )
    _record(data, principal)
    return data


def export_evidence(
    *,
    output_ids: Sequence[UUID],
    principal: Principal,
    period: Period | None = None,
    case: CaseThen | None = None,
) -> Bundle:
    """The bundle of one or more outputs, each once; close it.

    Raises RecordNotFound, NotSealedYet, BlobMissing, BoxDamaged, EvidenceBroken, EvidenceTooLarge,
    EventReleased.
    """
    wanted = list(dict.fromkeys(output_ids))
    with ExitStack() as until_recorded:
        bundle = build(wanted, principal=principal, period=period, case=case)
        until_recorded.callback(bundle.close)
        data = EvidenceExported(
            output_ids=wanted,
            checkpoint_origin=bundle.checkpoint_origin,
            checkpoint_size=bundle.checkpoint_size,
            manifest_sha256=bundle.manifest_sha256,
            events=bundle.events,
            bytes=bundle.length,
            case_id=case.case_id if case else None,
        )
        _record(data, principal)
        until_recorded.pop_all()
    return bundle


def _record(data: EvidenceExported | RangeExported, principal: Principal) -> None:
    event_id = new_id()
    stream = f"export-{event_id}"
    exported = NewEvent(data=data, stream=stream, event_id=event_id, actor=principal.actor)
    append([exported], expected={stream: 0})
