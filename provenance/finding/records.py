"""Finds outputs and retrievals: by words, by id, and by the references that applications gave."""

from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet

from provenance.accounts.access import Principal
from provenance.finding.hits import SHOWN, Group, Hit, counted
from provenance.finding.narrowing import Narrowing
from provenance.finding.question import Question
from retrieval.recording.models import InteractionOutput, InteractionPrompt, InteractionRetrieval
from retrieval.recording.queries import (
    RARE,
    matching_outputs,
    matching_retrievals,
    visible_outputs,
    visible_retrievals,
)

EXCERPT = 240
# Of a retrieval that went into more prompts the outputs of so many are found.
PROMPTS = 1_000


def outputs(question: Question, narrowing: Narrowing, principal: Principal) -> Group:
    """By its id, its prompt's, its retrieval's or its passages', else by words."""
    if question.id is not None:
        found = visible_outputs(principal).filter(_of_id(question.id))
    elif question.is_exact:
        found = InteractionOutput.objects.none()
    else:
        found = matching_outputs(principal=principal, q=question.text)
    return _outputs("output", narrowing.of_records(found))


def referring(question: Question, narrowing: Narrowing, principal: Principal) -> Group:
    """Outputs whose application named a claim, a case, a tag, a conversation or a person so."""
    named = _named(question.text)
    if not named:
        return Group("reference", (), 0)
    found = visible_outputs(principal).filter(named)
    return _outputs("reference", narrowing.of_records(found))


def _named(text: str) -> Q | None:
    """None if no output is; else those that are, by their ids unless there are many.

    Each index is asked by itself: asked at once, and for the newest, PostgreSQL walks down the
    list of all outputs, which ends soon only where what it looks for is common.
    """
    conditions = (
        Q(subject_refs__contains=[text]),
        Q(tags__contains=[text]),
        Q(conversation_id=text),
        Q(user_ref=text),
    )
    first, *others = (
        InteractionOutput.objects.order_by().filter(each).values_list("pk", flat=True)[: RARE + 1]
        for each in conditions
    )
    ids = list(first.union(*others)[: RARE + 1])
    if len(ids) > RARE:
        return reduce(or_, conditions)
    return Q(pk__in=ids) if ids else None


def retrievals(question: Question, narrowing: Narrowing, principal: Principal) -> Group:
    if question.id is not None:
        found = visible_retrievals(principal).filter(retrieval_id=question.id)
    elif question.is_exact:
        found = InteractionRetrieval.objects.none()
    else:
        found = matching_retrievals(principal=principal, q=question.text)
    found = narrowing.of_records(found)
    hits = [
        Hit(
            "retrieval",
            row.retrieval_id,
            row.query,
            note=f"{row.results} passage{'' if row.results == 1 else 's'}, {row.application or ''}",
            at=row.recorded_at,
        )
        for row in found.order_by("-position")[:SHOWN]
    ]
    return Group("retrieval", hits, counted(found))


def _of_id(id_: UUID) -> Q:
    """The prompts are looked up first, so that each condition has its index."""
    prompts = InteractionPrompt.objects.filter(retrieval_ids__contains=[id_])
    ids = list(prompts.values_list("prompt_id", flat=True)[:PROMPTS])
    return Q(output_id=id_) | Q(prompt_id__in=[id_, *ids])


def _outputs(kind: str, found: QuerySet[InteractionOutput]) -> Group:
    hits = [
        Hit(
            "output",
            row.output_id,
            row.question,
            words=row.text[:EXCERPT],
            note=f"{row.application or ''}, {row.model}",
            at=row.recorded_at,
        )
        for row in found.order_by("-position")[:SHOWN]
    ]
    return Group(kind, hits, counted(found))
