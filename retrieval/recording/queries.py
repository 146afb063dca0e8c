"""Lists of outputs, and the outputs that a version went into, for the interface and the pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from retrieval.recording.known_versions import as_uuid
from retrieval.recording.models import (
    QUERY_WORDS,
    SEARCH_CONFIGURATION,
    InteractionOutput,
    InteractionRetrieval,
    RetrievalVersion,
    VersionOutput,
)

# So few rows are fetched by their ids.
RARE = 1_000

M = TypeVar("M", bound=Model)


def visible_outputs(principal: Principal) -> QuerySet[InteractionOutput]:
    """The outputs that the principal may read.

    An output that rests on a version of a collection kept from the principal is not among them.
    """
    outputs = InteractionOutput.objects.all()
    if not principal.reads_all_applications:
        outputs = outputs.filter(application=principal.application)
    if principal.collections is not None:
        uses = VersionOutput.objects.filter(
            output_id=OuterRef("output_id"), version_id__in=hidden_versions(principal)
        )
        outputs = outputs.filter(~Exists(uses))
    return outputs


def returned_hidden(retrieval_ids: Sequence[UUID], *, principal: Principal) -> bool:
    """True if a retrieval returned a version of a collection kept from the principal."""
    if principal.collections is None:
        return False
    versions = RetrievalVersion.objects.filter(retrieval_id__in=retrieval_ids)
    return versions.filter(version_id__in=hidden_versions(principal)).exists()


def visible_retrievals(principal: Principal) -> QuerySet[InteractionRetrieval]:
    """The retrievals that the principal may read, by the rule of `visible_outputs`."""
    retrievals = InteractionRetrieval.objects.all()
    if not principal.reads_all_applications:
        retrievals = retrievals.filter(application=principal.application)
    if principal.collections is not None:
        returned = RetrievalVersion.objects.filter(
            retrieval_id=OuterRef("retrieval_id"), version_id__in=hidden_versions(principal)
        )
        retrievals = retrievals.filter(~Exists(returned))
    return retrievals


def matching_retrievals(
    *,
    principal: Principal,
    q: str | None = None,
    application: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    document_id: UUID | None = None,
    version_id: UUID | None = None,
    reported: bool | None = None,
) -> QuerySet[InteractionRetrieval]:
    """As `matching_outputs`; `q` is words of the query, `reported` asks who served it."""
    equal = {
        "application": application,
        "recorded_at__gte": since,
        "recorded_at__lt": until,
        "reported": reported,
    }
    given = {name: value for name, value in equal.items() if value is not None}
    retrievals = visible_retrievals(principal).filter(**given)
    if q:
        retrievals = asked_with(q, retrievals, QUERY_WORDS)
    used = {"document_id": document_id, "version_id": version_id}
    if wanted := {name: value for name, value in used.items() if value is not None}:
        returned = RetrievalVersion.objects.filter(retrieval_id=OuterRef("retrieval_id"), **wanted)
        retrievals = retrievals.filter(Exists(returned))
    return retrievals


def hidden_versions(principal: Principal) -> QuerySet[CatalogueVersion, UUID]:
    seen = principal.collections or frozenset()
    hidden = CatalogueVersion.objects.exclude(collection__in=seen)
    return hidden.values_list("version_id", flat=True)


def matching_outputs(
    *,
    principal: Principal,
    q: str | None = None,
    application: str | None = None,
    model: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    document_id: UUID | None = None,
    version_id: UUID | None = None,
    conversation_id: str | None = None,
    turn: int | None = None,
    parent_output_id: UUID | None = None,
    user_ref: str | None = None,
    subject_ref: str | None = None,
    tag: str | None = None,
    unsupported: bool | None = None,
    among: Q | None = None,
) -> QuerySet[InteractionOutput]:
    """The visible outputs that meet all that is given, in no order; `position` is unique.

    `q` is words of the question or the text, or an id of the output; `since` and `until` bound the
    time of recording, `until` exclusive; `unsupported` asks for a sentence without support;
    `among` is a further condition on the outputs, of what is built on them.
    """
    equal = {
        "application": application,
        "model": model,
        "status": status,
        "conversation_id": conversation_id,
        "turn": turn,
        "parent_output_id": parent_output_id,
        "user_ref": user_ref,
        "recorded_at__gte": since,
        "recorded_at__lt": until,
        "subject_refs__contains": None if subject_ref is None else [subject_ref],
        "tags__contains": None if tag is None else [tag],
        "unsupported__gt": 0 if unsupported else None,
    }
    given = {name: value for name, value in equal.items() if value is not None}
    outputs = visible_outputs(principal).filter(_words(q), **given)
    if document_id is not None or version_id is not None:
        outputs = outputs.filter(_rests_on(document_id, version_id))
    return outputs if among is None else outputs.filter(among)


def list_outputs(
    *, principal: Principal, limit: int, after: int | None = None, **filters: object
) -> list[InteractionOutput]:
    """The next outputs below the position `after`, the newest first, and one more than `limit`."""
    outputs = matching_outputs(principal=principal, **filters)  # type: ignore[arg-type]
    if after is not None:
        outputs = outputs.filter(position__lt=after)
    return list(outputs.order_by("-position")[: limit + 1])


def visible_impact(principal: Principal) -> QuerySet[VersionOutput]:
    """Which outputs versions went into, as far as the principal may read the outputs."""
    impact = VersionOutput.objects.all()
    if not principal.reads_all_applications:
        impact = impact.filter(application=principal.application)
    if principal.collections is not None:
        visible = visible_outputs(principal).filter(output_id=OuterRef("output_id"))
        impact = impact.filter(Exists(visible))
    return impact


def asked_with(q: str, rows: QuerySet[M], words: SearchVector) -> QuerySet[M]:
    """The rows of which the words hold `q`; there is an index over just these words.

    One query for what is rare: else PostgreSQL, which cannot tell, cuts every question into words.
    It expects to meet some of them soon on its way down the list; of common words it does.
    """
    wanted = SearchQuery(q, config=SEARCH_CONFIGURATION, search_type="websearch")
    matching = rows.annotate(words=words).filter(words=wanted)
    found = list(matching.order_by().values_list("pk", flat=True)[: RARE + 1])
    return matching if len(found) > RARE else rows.filter(pk__in=found)


def _words(q: str | None) -> Q:
    if not q:
        return Q()
    found = Q(words=SearchQuery(q, config=SEARCH_CONFIGURATION, search_type="websearch"))
    output_id = as_uuid(q)
    return found | Q(output_id=output_id) if output_id else found


def _rests_on(document_id: UUID | None, version_id: UUID | None) -> Exists:
    uses = VersionOutput.objects.filter(output_id=OuterRef("output_id"))
    if document_id is not None:
        uses = uses.filter(document_id=document_id)
    if version_id is not None:
        uses = uses.filter(version_id=version_id)
    return Exists(uses)
