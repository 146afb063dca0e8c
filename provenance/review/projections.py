"""Folds who is named where, and the register of erasures and holds."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Model

from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.recorded import Actor, Recorded
from provenance.eventstore.sealed import reveal_json, reveal_text
from provenance.projections.projection import (
    Events,
    Projection,
    handles,
    handles_all,
    projection,
)
from provenance.review.erasures import AFTER
from provenance.review.events import (
    ErasureApproved,
    ErasureCertified,
    ErasureExecuted,
    ErasureRejected,
    ErasureRequested,
    ErasureStarted,
    HoldPlaced,
    HoldReleased,
)
from provenance.review.models import ErasureEntry, HoldEntry, SubjectRecord
from provenance.review.subjects import subject_hashes
from retrieval.events import RetrievalServed
from retrieval.recording.events import OutputReported, PromptReported, RetrievalReported


@projection
class SubjectRecords(Projection):
    """Which records name whom; nothing of it is left when their keys are gone."""

    name: ClassVar[str] = "subject_records"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (SubjectRecord,)

    @handles_all(RetrievalServed, RetrievalReported)
    def add_retrievals(self, events: Events[Any]) -> None:
        _add_subjects("retrieval", ((event, event.data.retrieval_id) for event in events))

    @handles_all(PromptReported)
    def add_prompts(self, events: Events[PromptReported]) -> None:
        _add_subjects("prompt", ((event, event.data.prompt_id) for event in events))

    @handles_all(OutputReported)
    def add_outputs(self, events: Events[OutputReported]) -> None:
        _add_subjects("output", ((event, event.data.output_id) for event in events))

    @handles_all(SubjectKeyDestroyed, alone=True)
    def forget_records(self, events: Events[SubjectKeyDestroyed]) -> None:
        ids = [event.data.owner_id for event in events]
        SubjectRecord.objects.filter(record_id__in=ids).delete()


def _add_subjects(owner: str, records: Iterable[tuple[Recorded[Any], UUID]]) -> None:
    SubjectRecord.objects.bulk_create(
        SubjectRecord(subject_hash=each, owner=owner, record_id=record_id)
        for event, record_id in records
        for each in subject_hashes(reveal_json(event, "context") or {})
    )


@projection
class Register(Projection):
    """One row for each erasure and each hold."""

    name: ClassVar[str] = "erasures"
    version: ClassVar[int] = 1
    tables: ClassVar[tuple[type[Model], ...]] = (ErasureEntry, HoldEntry)

    @handles(ErasureRequested)
    def add_erasure(self, event: Recorded[ErasureRequested]) -> None:
        data = event.data
        ErasureEntry.objects.create(
            erasure_id=data.erasure_id,
            position=event.place,
            status=AFTER[ErasureRequested],
            scope=data.scope,
            subject=reveal_text(event, "subject") or "",
            target_id=data.target_id,
            with_interactions=data.with_interactions,
            reason=reveal_text(event, "reason") or "",
            requested_by=named(event.actor),
            requested_at=event.recorded_at,
        )

    @handles(ErasureApproved)
    def note_approval(self, event: Recorded[ErasureApproved]) -> None:
        _change(event, decided_by=named(event.actor), decided_at=event.recorded_at)

    @handles(ErasureRejected)
    def note_rejection(self, event: Recorded[ErasureRejected]) -> None:
        _change(
            event,
            decided_by=named(event.actor),
            decided_at=event.recorded_at,
            refusal=reveal_text(event, "reason") or "",
        )

    @handles(ErasureStarted)
    def note_start(self, event: Recorded[ErasureStarted]) -> None:
        _change(event, records=event.data.records.length, left_out=event.data.left_out)

    @handles(SubjectKeyDestroyed)
    def forget_subject(self, event: Recorded[SubjectKeyDestroyed]) -> None:
        if event.data.owner == "erasure":
            ErasureEntry.objects.filter(erasure_id=event.data.owner_id).update(subject="")

    @handles(ErasureExecuted)
    def note_execution(self, event: Recorded[ErasureExecuted]) -> None:
        data = event.data
        _change(event, keys=data.keys, blobs=data.blobs, executed_at=event.recorded_at)

    @handles(ErasureCertified)
    def note_certificate(self, event: Recorded[ErasureCertified]) -> None:
        data = event.data
        _change(
            event,
            vectors=data.vectors,
            events=data.events,
            certificate=data.certificate.blob,
            signed=data.signed,
            certified_at=event.recorded_at,
        )

    @handles(HoldPlaced)
    def add_hold(self, event: Recorded[HoldPlaced]) -> None:
        data = event.data
        HoldEntry.objects.create(
            hold_id=data.hold_id,
            position=event.place,
            scope=data.scope,
            subject=reveal_text(event, "subject") or "",
            target_id=data.target_id,
            reason=reveal_text(event, "reason") or "",
            placed_by=named(event.actor),
            placed_at=event.recorded_at,
        )

    @handles(HoldReleased)
    def release_hold(self, event: Recorded[HoldReleased]) -> None:
        HoldEntry.objects.filter(hold_id=event.data.hold_id).update(
            released_by=named(event.actor),
            released_at=event.recorded_at,
            release_reason=reveal_text(event, "reason") or "",
        )


def named(actor: Actor) -> str:
    """`user 0190...` or `api_key 0190...`: ids, never names."""
    return f"{actor.type} {actor.id}"


def _change(event: Recorded[Any], **changes: Any) -> None:
    ErasureEntry.objects.filter(erasure_id=event.data.erasure_id).update(
        status=AFTER[type(event.data)], **changes
    )
