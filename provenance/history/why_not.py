"""Why a document is not among what an answer was based on; or that it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.eventstore import store
from provenance.history.document_then import DocumentThen, document_then
from provenance.history.in_prompts import Fate, fate_of
from provenance.history.moments import Moment
from provenance.history.recorded_questions import (
    RecordedRetrieval,
    ServedElsewhere,
    recorded_retrieval,
)
from retrieval.deep_rank import deep_rank
from retrieval.errors import GenerationNotFound
from retrieval.generations.active import generation_named
from retrieval.models import VersionValidity
from retrieval.ranking import MICRO, RankedChunk
from retrieval.recording.passages import read_retrievals, returned_passages
from retrieval.recording.reading import read_retrieval


class Reason(StrEnum):
    """In the order in which they are looked for."""

    NOT_SUBMITTED = "not_submitted"
    PERMISSION = "permission"
    ERASED = "erased"
    NOT_INDEXED_YET = "not_indexed_yet"
    WITHDRAWN = "withdrawn"
    QUARANTINED = "quarantined"
    NOT_EFFECTIVE = "not_effective"
    SUPERSEDED = "superseded"
    FILTERED = "filtered"
    RANKED_BELOW = "ranked_below"
    DROPPED_BY_APPLICATION = "dropped_by_application"
    NOT_IN_PROMPT = "not_in_prompt"
    USED = "used"


@dataclass(frozen=True)
class WhyNot:
    """The first reason that holds; rank, score and version of its best passage, if it has one."""

    reason: Reason
    detail: str
    rank: int | None = None
    score: float | None = None
    version_id: UUID | None = None
    version_number: int | None = None


FATES = {
    Fate.NO_PROMPT: (Reason.NOT_IN_PROMPT, "No prompt that names this retrieval was reported."),
    Fate.DROPPED: (
        Reason.DROPPED_BY_APPLICATION,
        "The application got it, and left it out of what it selected.",
    ),
    Fate.NOT_MAPPED: (Reason.NOT_IN_PROMPT, "The prompt has not been mapped to its passages."),
    Fate.NOT_IN_PROMPT: (
        Reason.NOT_IN_PROMPT,
        "The application got it, and the prompt holds nothing of it.",
    ),
    Fate.USED: (Reason.USED, "It stands in the prompt."),
}


def why_not(
    retrieval_id: UUID, document_id: UUID, *, principal: Principal, version_id: UUID | None = None
) -> WhyNot:
    """About the document, or about one version of it.

    Raises RecordNotFound, DocumentUnknown, and ServedElsewhere where the application's own store
    did not return it.
    """
    try:
        retrieval = recorded_retrieval(retrieval_id, principal=principal)
    except ServedElsewhere:
        return _of_reported(retrieval_id, document_id, principal, version_id)
    moment = Moment(retrieval.position, retrieval.effective_at)
    then = document_then(document_id, moment, principal=principal, version_id=version_id)
    return (
        _recorded(then, retrieval)
        or _not_there(then, retrieval)
        or _not_standing(then)
        or _filtered(then, retrieval)
        or _far_below(then, retrieval)
    )


def _recorded(then: DocumentThen, retrieval: RecordedRetrieval) -> WhyNot | None:
    """What the recorded ranking says of it, if anything."""
    ranked = [each for each in retrieval.ranking if _is_about(then, each)]
    if not ranked:
        return None
    best, top_k = ranked[0], retrieval.data.top_k
    about = _about(best)
    if best.rank > top_k:
        detail = f"Its best passage ranked {best.rank}, below the {top_k} that were asked for."
        return WhyNot(Reason.RANKED_BELOW, detail, **about)
    returned = {each.chunk_id for each in ranked if each.rank <= top_k}
    reason, detail = FATES[fate_of(retrieval.data.retrieval_id, returned)]
    return WhyNot(reason, detail, **about)


def _not_there(then: DocumentThen, retrieval: RecordedRetrieval) -> WhyNot | None:
    """It was not handed in, not for this key, erased, or not searchable yet."""
    position, allowed = then.moment.position, retrieval.data.collections_allowed
    submitted = then.first.submitted_position
    if submitted > position:
        detail = f"It was handed in at position {submitted}; this search knew {position}."
        return WhyNot(Reason.NOT_SUBMITTED, detail)
    if allowed is not None and then.document.collection not in allowed:
        return WhyNot(Reason.PERMISSION, "Whoever asked may not see its collection.")
    if then.erased_at is not None:
        since = "" if then.erased_at <= position else "since, "
        return WhyNot(Reason.ERASED, f"It has been erased, {since}at position {then.erased_at}.")
    if not then.known or (then.asked is not None and then.asked not in then.known):
        return WhyNot(Reason.NOT_INDEXED_YET, _indexed_later(then))
    return None


def _indexed_later(then: DocumentThen) -> str:
    version = then.asked or then.versions[-1]
    if version.indexed_position is not None:
        return f"It became searchable at position {version.indexed_position}, after this search."
    return f"It has not become searchable: {version.reason or 'it is still being processed'}."


def _not_standing(then: DocumentThen) -> WhyNot | None:
    """Nothing, or another version, stood for the document."""
    standing, asked = then.standing, then.asked
    if standing is not None and (asked is None or asked.version_id == standing.version_id):
        return None
    higher = [e for e in then.started if asked and e.version_number > asked.version_number]
    if higher:
        return WhyNot(Reason.SUPERSEDED, f"Version {higher[0].version_number} had replaced it.")
    if standing is None and then.withdrawal is not None:
        detail = f"It was withdrawn at position {then.withdrawal.position}."
        return WhyNot(Reason.WITHDRAWN, detail)
    doubted = next((each for each in then.started[:1] if each.version_id in then.quarantined), None)
    if standing is None and doubted is not None:
        since = then.quarantined[doubted.version_id]
        detail = f"Version {doubted.version_number} was in quarantine since position {since}."
        return WhyNot(Reason.QUARANTINED, detail)
    return WhyNot(Reason.NOT_EFFECTIVE, _not_in_force(then))


def _not_in_force(then: DocumentThen) -> str:
    at = then.moment.effective_at
    version = then.asked or (then.started or then.known)[0]
    if version.effective_from is not None and version.effective_from > at:
        return f"Version {version.version_number} counts from {_utc(version.effective_from)} only."
    if version.effective_until is not None and version.effective_until <= at:
        return f"Version {version.version_number} counted until {_utc(version.effective_until)}."
    return "No version of it counted at the effective time of this search."


def _filtered(then: DocumentThen, retrieval: RecordedRetrieval) -> WhyNot | None:
    """The request asked for other collections or other metadata."""
    searched, question = retrieval.data.collections_searched, retrieval.question
    if searched is not None and then.document.collection not in searched:
        return WhyNot(Reason.FILTERED, "The request did not ask for its collection.")
    if question is None or then.standing is None:
        return None
    asked, metadata = question.metadata, then.standing.metadata
    fits = VersionValidity.objects.filter(
        pk=(then.standing.version_id, then.standing.known_from), metadata__contains=asked
    )
    if not fits.exists():
        other = sorted(name for name, value in asked.items() if metadata.get(name) != value)
        return WhyNot(Reason.FILTERED, f"Its metadata do not fit the filter: {', '.join(other)}.")
    return None


def _far_below(then: DocumentThen, retrieval: RecordedRetrieval) -> WhyNot:
    """It was searched, and ranked below everything that was recorded."""
    if retrieval.question is None:
        return WhyNot(Reason.RANKED_BELOW, "The question has been erased; its rank is lost.")
    try:
        generation = generation_named(retrieval.data.index_generation)
    except GenerationNotFound:
        return WhyNot(Reason.RANKED_BELOW, "Its index has been dropped, and its rank with it.")
    document_id = then.document.document_id
    found = deep_rank(retrieval.question, generation, document_id=document_id)
    if found is None:
        return WhyNot(Reason.RANKED_BELOW, "No word of the question stands in it.")
    detail = f"Its best passage ranks {found.rank} of {found.of}."
    if found.rank <= retrieval.data.top_k:
        detail += " The search then was approximate, and missed it."
    return WhyNot(
        Reason.RANKED_BELOW,
        detail,
        rank=found.rank,
        score=found.score / MICRO,
        version_id=UUID(found.version_id),
        version_number=then.standing.version_number if then.standing else None,
    )


def _of_reported(
    retrieval_id: UUID, document_id: UUID, principal: Principal, version_id: UUID | None
) -> WhyNot:
    """Raises ServedElsewhere where it was not returned: nobody here knows why."""
    read_retrieval(retrieval_id, principal=principal)
    moment = Moment(store.head_position(), datetime.now(UTC))
    document_then(document_id, moment, principal=principal, version_id=version_id)
    returned = [
        each
        for each in returned_passages(read_retrievals([retrieval_id])[retrieval_id])
        if each.document_id == document_id and version_id in {None, each.version_id}
    ]
    if not returned:
        raise ServedElsewhere(retrieval_id)
    reason, detail = FATES[fate_of(retrieval_id, {str(each.chunk_id) for each in returned})]
    best = returned[0]
    return WhyNot(reason, detail, best.rank, best.score, best.version_id, best.version_number)


def _is_about(then: DocumentThen, ranked: RankedChunk) -> bool:
    if then.asked is not None:
        return ranked.version_id == str(then.asked.version_id)
    return ranked.document_id == str(then.document.document_id)


def _about(ranked: RankedChunk) -> dict[str, Any]:
    return {
        "rank": ranked.rank,
        "score": ranked.score / MICRO,
        "version_id": UUID(ranked.version_id),
        "version_number": ranked.version_number,
    }


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
