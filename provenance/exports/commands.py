"""Hands out evidence, and records that it was handed out."""

from collections.abc import Sequence
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import NewEvent
from provenance.eventstore.store import append
from provenance.exports.bundle import Bundle, build
from provenance.exports.events import EvidenceExported
from provenance.exports.selection import Period, outputs_in


def export_period(*, period: Period, principal: Principal) -> Bundle:
    """The bundle of all outputs of a period that the principal may read.

    Raises NothingToExport, TooManyOutputs, and what `export_evidence` raises.
    """
    output_ids = outputs_in(period, principal=principal)
    return export_evidence(output_ids=output_ids, principal=principal, period=period)


def export_evidence(
    *, output_ids: Sequence[UUID], principal: Principal, period: Period | None = None
) -> Bundle:
    """The bundle of one or more outputs, each once.

    Raises RecordNotFound, NotSealedYet, BlobMissing, BoxDamaged, EvidenceBroken, EvidenceTooLarge.
    """
    wanted = list(dict.fromkeys(output_ids))
    bundle = build(wanted, principal=principal, period=period)
    event_id = new_id()
    exported = NewEvent(
        data=EvidenceExported(
            output_ids=wanted,
            checkpoint_origin=bundle.checkpoint_origin,
            checkpoint_size=bundle.checkpoint_size,
            manifest_sha256=bundle.manifest_sha256,
            events=bundle.events,
            bytes=len(bundle.content),
        ),
        stream=f"export-{event_id}",
        event_id=event_id,
        actor=principal.actor,
    )
    append([exported], expected={exported.stream: 0})
    return bundle
