"""Finds everything of a subject, of a document, or of one interaction."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from ingestion.models import CatalogueDocument, CatalogueVersion, Chunk
from provenance.eventstore.events import Owner
from provenance.review.events import Scope
from provenance.review.models import SubjectRecord
from provenance.review.subjects import subject_hash
from provenance.sealing.keys import key_id, living
from retrieval.recording.models import (
    InteractionOutput,
    InteractionPrompt,
    InteractionRetrieval,
    PromptVersion,
    RetrievalVersion,
)


@dataclass(frozen=True, order=True)
class Record:
    """Something with a key of its own."""

    owner: Owner
    record_id: UUID

    @property
    def kid(self) -> str:
        return key_id("document" if self.owner == "document" else "interaction", self.record_id)

    @property
    def stream(self) -> str:
        return f"{self.owner}-{self.record_id}"

    @property
    def sealed_in(self) -> tuple[str, ...]:
        """The streams in which its key sealed something: what reviewers wrote of an output too."""
        if self.owner == "output":
            return self.stream, f"review-{self.record_id}"
        return (self.stream,)


def record_of(stream: str) -> Record:
    """Of `output-0190...`, the stream of something with a key of its own."""
    owner, _, record_id = stream.partition("-")
    return Record(owner, UUID(record_id))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Target:
    """What is meant: a subject by its reference, a document or an output by its id."""

    scope: Scope
    subject: str | None = None
    target_id: UUID | None = None
    with_interactions: bool = False

    @property
    def thing(self) -> UUID:
        """The document or the output that is meant."""
        if self.target_id is None:
            raise ValueError(f"A target of the scope {self.scope} names a document or an output.")
        return self.target_id


@dataclass(frozen=True)
class Found:
    """`records` are erased together; `left_out` are prompts and retrievals that others use too."""

    records: tuple[Record, ...]
    left_out: tuple[Record, ...] = ()

    def of(self, owner: Owner) -> list[UUID]:
        return [record.record_id for record in self.records if record.owner == owner]

    def counts(self) -> dict[str, int]:
        versions = CatalogueVersion.objects.filter(document_id__in=self.of("document"))
        return {
            "documents": len(self.of("document")),
            "versions": versions.count(),
            "passages": Chunk.objects.filter(version_id__in=versions.values("version_id")).count(),
            "retrievals": len(self.of("retrieval")),
            "prompts": len(self.of("prompt")),
            "outputs": len(self.of("output")),
            "left_out": len(self.left_out),
        }


def find(target: Target) -> Found:
    """What the read models know of the target; nothing that is erased already."""
    found = _find(target)
    still = alive((*found.records, *found.left_out))
    return Found(
        tuple(record for record in found.records if record in still),
        tuple(record for record in found.left_out if record in still),
    )


def alive(records: Iterable[Record]) -> set[Record]:
    """Those of the records whose keys live."""
    by_kid = {record.kid: record for record in records}
    return {by_kid[kid] for kid in living(by_kid)}


def outputs_touching(records: AbstractSet[Record], outputs: Collection[UUID]) -> set[UUID]:
    """Those of the outputs that are among the records, or were made from one; two queries."""
    made_from = dict(
        InteractionOutput.objects.filter(output_id__in=outputs).values_list(
            "output_id", "prompt_id"
        )
    )
    retrievals = dict(
        InteractionPrompt.objects.filter(prompt_id__in=set(made_from.values())).values_list(
            "prompt_id", "retrieval_ids"
        )
    )
    return {
        output_id
        for output_id, prompt_id in made_from.items()
        if not records.isdisjoint(
            _records(
                retrievals=retrievals.get(prompt_id, ()), prompts=[prompt_id], outputs=[output_id]
            )
        )
    }


def around_outputs(outputs: Iterable[UUID]) -> Found:
    """The outputs with what they were made from, erased or not."""
    return _together(outputs=outputs)


def _find(target: Target) -> Found:
    match target.scope:
        case "document":
            return _of_document(target)
        case "interaction":
            outputs = InteractionOutput.objects.filter(output_id=target.thing).values_list(
                "output_id", flat=True
            )
            return _together(outputs=outputs)
        case "subject":
            named = SubjectRecord.objects.filter(subject_hash=subject_hash(target.subject or ""))
            records = list(named.values_list("owner", "record_id"))
            return _together(
                retrievals=[id_ for owner, id_ in records if owner == "retrieval"],
                prompts=[id_ for owner, id_ in records if owner == "prompt"],
                outputs=[id_ for owner, id_ in records if owner == "output"],
            )


def _of_document(target: Target) -> Found:
    known = CatalogueDocument.objects.filter(document_id=target.thing)
    documents = tuple(
        Record("document", document_id)
        for document_id in known.values_list("document_id", flat=True)
    )
    if not target.with_interactions:
        return Found(documents)
    # An application's own store reported the words themselves; what was served here named places.
    returned = RetrievalVersion.objects.filter(document_id=target.thing)
    reported = InteractionRetrieval.objects.filter(
        reported=True, retrieval_id__in=returned.values("retrieval_id")
    )
    versions = CatalogueVersion.objects.filter(document_id=target.thing)
    quoting = PromptVersion.objects.filter(version_id__in=versions.values("version_id"))
    found = _together(
        retrievals=reported.values_list("retrieval_id", flat=True),
        prompts=quoting.values_list("prompt_id", flat=True).distinct(),
    )
    return Found((*documents, *found.records), found.left_out)


def _together(
    *,
    retrievals: Iterable[UUID] = (),
    prompts: Iterable[UUID] = (),
    outputs: Iterable[UUID] = (),
) -> Found:
    """These records, what was made from them, and what they were made from.

    A prompt or retrieval that only led to them goes along, unless others were made from it too.
    """
    chosen_retrievals = set(retrievals)
    chosen_prompts = set(prompts) | _prompts_of(chosen_retrievals)
    chosen_outputs = set(outputs) | set(
        InteractionOutput.objects.filter(prompt_id__in=chosen_prompts).values_list(
            "output_id", flat=True
        )
    )
    led = set(
        InteractionOutput.objects.filter(output_id__in=chosen_outputs).values_list(
            "prompt_id", flat=True
        )
    )
    shared_prompts = _with_other_outputs(led - chosen_prompts, chosen_outputs)
    chosen_prompts |= led - shared_prompts
    led_retrievals = {
        retrieval_id
        for ids in InteractionPrompt.objects.filter(
            prompt_id__in=chosen_prompts | shared_prompts
        ).values_list("retrieval_ids", flat=True)
        for retrieval_id in ids
    }
    shared_retrievals = _in_other_prompts(led_retrievals - chosen_retrievals, chosen_prompts)
    chosen_retrievals |= led_retrievals - shared_retrievals
    return Found(
        _records(retrievals=chosen_retrievals, prompts=chosen_prompts, outputs=chosen_outputs),
        _records(retrievals=shared_retrievals, prompts=shared_prompts, outputs=()),
    )


def _records(
    *, retrievals: Iterable[UUID], prompts: Iterable[UUID], outputs: Iterable[UUID]
) -> tuple[Record, ...]:
    return tuple(
        sorted(
            [
                *(Record("retrieval", id_) for id_ in retrievals),
                *(Record("prompt", id_) for id_ in prompts),
                *(Record("output", id_) for id_ in outputs),
            ]
        )
    )


def _prompts_of(retrieval_ids: Collection[UUID]) -> set[UUID]:
    found = InteractionPrompt.objects.filter(retrieval_ids__overlap=list(retrieval_ids))
    return set(found.values_list("prompt_id", flat=True)) if retrieval_ids else set()


def _with_other_outputs(prompt_ids: Collection[UUID], outputs: Collection[UUID]) -> set[UUID]:
    others = InteractionOutput.objects.filter(prompt_id__in=prompt_ids, erased_at=None)
    return set(others.filter(~Q(output_id__in=outputs)).values_list("prompt_id", flat=True))


def _in_other_prompts(retrieval_ids: Collection[UUID], prompts: Collection[UUID]) -> set[UUID]:
    if not retrieval_ids:
        return set()
    others = InteractionPrompt.objects.filter(
        ~Q(prompt_id__in=prompts), retrieval_ids__overlap=list(retrieval_ids)
    )
    rows = list(others.values_list("prompt_id", "retrieval_ids"))
    alive = living(Record("prompt", prompt_id).kid for prompt_id, _ in rows)
    used = {
        retrieval_id
        for prompt_id, ids in rows
        if Record("prompt", prompt_id).kid in alive
        for retrieval_id in ids
    }
    return set(retrieval_ids) & used
