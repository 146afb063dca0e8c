"""Which outputs used a version or a document, as a page lists them: the newest few."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from retrieval.recording.models import InteractionOutput, VersionOutput
from retrieval.recording.queries import visible_impact

SHOWN = 10


@dataclass(frozen=True)
class Use:
    """An output that used a version; `relation` is cited, in_prompt or retrieved_only."""

    output_id: UUID
    relation: str
    at: datetime
    question: str
    excerpt: str
    version_number: int | None


@dataclass(frozen=True)
class Uses:
    """The newest uses; `impact` is the address of all of them, "" where there are none."""

    rows: Sequence[Use]
    impact: str


def of_version(version_id: UUID, *, principal: Principal) -> Uses:
    found = visible_impact(principal).filter(version_id=version_id)
    return _uses(found, reverse("pages:impact_of_version", args=[version_id]))


def of_document(document_id: UUID, *, principal: Principal) -> Uses:
    found = visible_impact(principal).filter(document_id=document_id)
    return _uses(found, reverse("pages:impact_of_document", args=[document_id]))


def _uses(found: QuerySet[VersionOutput], address: str) -> Uses:
    impact = list(found.order_by("-position")[: SHOWN + 1])
    shown = impact[:SHOWN]
    outputs = InteractionOutput.objects.in_bulk([each.output_id for each in shown])
    numbers: Mapping[UUID, int] = dict(
        CatalogueVersion.objects.filter(
            version_id__in={each.version_id for each in shown}
        ).values_list("version_id", "version_number")
    )
    rows = [
        Use(
            output_id=each.output_id,
            relation=each.relation,
            at=each.at,
            question=outputs[each.output_id].question if each.output_id in outputs else "",
            excerpt=outputs[each.output_id].excerpt if each.output_id in outputs else "",
            version_number=numbers.get(each.version_id),
        )
        for each in shown
    ]
    return Uses(rows, address if rows else "")
