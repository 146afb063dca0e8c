"""Why a document is not among what an answer was based on; or that it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

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
from provenance.history.told import Told, told
from retrieval.deep_rank import DeepRank, deep_rank
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
    detail: Told
    rank: int | None = None
    score: float | None = None
    version_id: UUID | None = None
    version_number: int | None = None


FATES = {
    Fate.NO_PROMPT: (
        Reason.NOT_IN_PROMPT,
        gettext_noop("No prompt that names this retrieval was reported."),
    ),
    Fate.DROPPED: (
        Reason.DROPPED_BY_APPLICATION,
        gettext_noop("The application got it, and left it out of what it selected."),
    ),
    Fate.NOT_MAPPED: (
        Reason.NOT_IN_PROMPT,
        gettext_noop("The prompt has not been mapped to its passages."),
    ),
    Fate.NOT_IN_PROMPT: (
        Reason.NOT_IN_PROMPT,
        gettext_noop("The application got it, and the prompt holds nothing of it."),
    ),
    Fate.USED: (Reason.USED, gettext_noop("It stands in the prompt.")),
}


ERASED = gettext_noop("It has been erased, at position %(position)s.")
ERASED_SINCE = gettext_noop("It has been erased, since, at position %(position)s.")


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
        detail = told(
            gettext_noop(
                "Its best passage ranked %(rank)s, below the %(top)s that were asked for."
            ),
            rank=best.rank,
            top=top_k,
        )
        return WhyNot(Reason.RANKED_BELOW, detail, **about)
    returned = {each.chunk_id for each in ranked if each.rank <= top_k}
    reason, said = FATES[fate_of(retrieval.data.retrieval_id, returned)]
    return WhyNot(reason, told(said), **about)


def _not_there(then: DocumentThen, retrieval: RecordedRetrieval) -> WhyNot | None:
    """It was not handed in, not for this key, erased, or not searchable yet."""
    position, allowed = then.moment.position, retrieval.data.collections_allowed
    submitted = then.first.submitted_position
    if submitted > position:
        detail = told(
            gettext_noop("It was handed in at position %(submitted)s; this search knew %(known)s."),
            submitted=submitted,
            known=position,
        )
        return WhyNot(Reason.NOT_SUBMITTED, detail)
    if allowed is not None and then.document.collection not in allowed:
        detail = told(gettext_noop("Whoever asked may not see its collection."))
        return WhyNot(Reason.PERMISSION, detail)
    if then.erased_at is not None:
        erased = ERASED if then.erased_at <= position else ERASED_SINCE
        return WhyNot(Reason.ERASED, told(erased, position=then.erased_at))
    if not then.known or (then.asked is not None and then.asked not in then.known):
        return WhyNot(Reason.NOT_INDEXED_YET, _indexed_later(then))
    return None


def _indexed_later(then: DocumentThen) -> Told:
    version = then.asked or then.versions[-1]
    if version.indexed_position is not None:
        return told(
            gettext_noop("It became searchable at position %(position)s, after this search."),
            position=version.indexed_position,
        )
    if version.reason:
        return told(
            gettext_noop("It has not become searchable: %(reason)s."), reason=version.reason
        )
    return told(gettext_noop("It has not become searchable: it is still being processed."))


def _not_standing(then: DocumentThen) -> WhyNot | None:
    """Nothing, or another version, stood for the document."""
    standing, asked = then.standing, then.asked
    if standing is not None and (asked is None or asked.version_id == standing.version_id):
        return None
    higher = [e for e in then.started if asked and e.version_number > asked.version_number]
    if higher:
        detail = told(
            gettext_noop("Version %(number)s had replaced it."), number=higher[0].version_number
        )
        return WhyNot(Reason.SUPERSEDED, detail)
    if standing is None and then.withdrawal is not None:
        detail = told(
            gettext_noop("It was withdrawn at position %(position)s."),
            position=then.withdrawal.position,
        )
        return WhyNot(Reason.WITHDRAWN, detail)
    doubted = next((each for each in then.started[:1] if each.version_id in then.quarantined), None)
    if standing is None and doubted is not None:
        since = then.quarantined[doubted.version_id]
        detail = told(
            gettext_noop("Version %(number)s was in quarantine since position %(position)s."),
            number=doubted.version_number,
            position=since,
        )
        return WhyNot(Reason.QUARANTINED, detail)
    return WhyNot(Reason.NOT_EFFECTIVE, _not_in_force(then))


def _not_in_force(then: DocumentThen) -> Told:
    at = then.moment.effective_at
    version = then.asked or (then.started or then.known)[0]
    if version.effective_from is not None and version.effective_from > at:
        return told(
            gettext_noop("Version %(number)s counts from %(moment)s only."),
            number=version.version_number,
            moment=_utc(version.effective_from),
        )
    if version.effective_until is not None and version.effective_until <= at:
        return told(
            gettext_noop("Version %(number)s counted until %(moment)s."),
            number=version.version_number,
            moment=_utc(version.effective_until),
        )
    return told(gettext_noop("No version of it counted at the effective time of this search."))


def _filtered(then: DocumentThen, retrieval: RecordedRetrieval) -> WhyNot | None:
    """The request asked for other collections or other metadata."""
    searched, question = retrieval.data.collections_searched, retrieval.question
    if searched is not None and then.document.collection not in searched:
        detail = told(gettext_noop("The request did not ask for its collection."))
        return WhyNot(Reason.FILTERED, detail)
    if question is None or then.standing is None:
        return None
    asked, metadata = question.metadata, then.standing.metadata
    fits = VersionValidity.objects.filter(
        pk=(then.standing.version_id, then.standing.known_from), metadata__contains=asked
    )
    if not fits.exists():
        other = sorted(name for name, value in asked.items() if metadata.get(name) != value)
        detail = told(
            gettext_noop("Its metadata do not fit the filter: %(names)s."), names=", ".join(other)
        )
        return WhyNot(Reason.FILTERED, detail)
    return None


def _far_below(then: DocumentThen, retrieval: RecordedRetrieval) -> WhyNot:
    """It was searched, and ranked below everything that was recorded."""
    if retrieval.question is None:
        detail = told(gettext_noop("The question has been erased; its rank is lost."))
        return WhyNot(Reason.RANKED_BELOW, detail)
    try:
        generation = generation_named(retrieval.data.index_generation)
    except GenerationNotFound:
        detail = told(gettext_noop("Its index has been dropped, and its rank with it."))
        return WhyNot(Reason.RANKED_BELOW, detail)
    document_id = then.document.document_id
    found = deep_rank(retrieval.question, generation, document_id=document_id)
    if found is None:
        detail = told(gettext_noop("No word of the question stands in it."))
        return WhyNot(Reason.RANKED_BELOW, detail)
    return WhyNot(
        Reason.RANKED_BELOW,
        _ranks(found, top_k=retrieval.data.top_k),
        rank=found.rank,
        score=found.score / MICRO,
        version_id=UUID(found.version_id),
        version_number=then.standing.version_number if then.standing else None,
    )


def _ranks(found: DeepRank, *, top_k: int) -> Told:
    ranks = gettext_noop("Its best passage ranks %(rank)s of %(of)s.")
    said = [(ranks, {"rank": found.rank, "of": found.of})]
    if found.rank <= top_k:
        said.append((gettext_noop("The search then was approximate, and missed it."), {}))
    return Told(*said)


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
    return WhyNot(reason, told(detail), best.rank, best.score, best.version_id, best.version_number)


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
