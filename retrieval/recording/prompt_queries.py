"""Lists of prompts for the pages, and which outputs came of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, QuerySet, UUIDField

from provenance.accounts.access import Principal
from retrieval.recording.known_versions import as_uuid
from retrieval.recording.models import (
    QUESTION_WORDS,
    InteractionPrompt,
    PromptVersion,
    RetrievalVersion,
)
from retrieval.recording.queries import asked_with, hidden_versions, visible_outputs


class IsAmong(Func):
    """True of a value that is in an array; has the index on the value."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def visible_prompts(principal: Principal) -> QuerySet[InteractionPrompt]:
    """The prompts that the principal may read, by the rule of `visible_outputs`."""
    prompts = InteractionPrompt.objects.all()
    if not principal.reads_all_applications:
        prompts = prompts.filter(application=principal.application)
    if principal.collections is not None:
        returned = RetrievalVersion.objects.filter(
            IsAmong(F("retrieval_id"), OuterRef("retrieval_ids")),
            version_id__in=hidden_versions(principal),
        )
        prompts = prompts.filter(~Exists(returned))
    return prompts


def matching_prompts(
    *,
    principal: Principal,
    q: str | None = None,
    application: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    retrieval_id: UUID | None = None,
    version_id: UUID | None = None,
    answered: bool | None = None,
    left_out: bool | None = None,
) -> QuerySet[InteractionPrompt]:
    """As `matching_outputs`; `q` is words of the question, or an id of the prompt.

    `version_id` asks for a passage of it in the prompt, `answered` whether an output was reported,
    `left_out` for a retrieved passage of which the prompt holds nothing.
    """
    equal = {
        "application": application,
        "recorded_at__gte": since,
        "recorded_at__lt": until,
        "retrieval_ids__contains": None if retrieval_id is None else [retrieval_id],
        "absent__gt": 0 if left_out else None,
    }
    given = {name: value for name, value in equal.items() if value is not None}
    prompts = visible_prompts(principal).filter(**given)
    if version_id is not None:
        held = PromptVersion.objects.filter(prompt_id=OuterRef("prompt_id"), version_id=version_id)
        prompts = prompts.filter(Exists(held))
    if answered is not None:
        outputs = Exists(visible_outputs(principal).filter(prompt_id=OuterRef("prompt_id")))
        prompts = prompts.filter(outputs if answered else ~outputs)
    return _worded(q, prompts) if q else prompts


@dataclass(frozen=True)
class Answers:
    """How many outputs came of a prompt, and the newest of them."""

    count: int
    newest: UUID


def answers_to(prompt_ids: Iterable[UUID], *, principal: Principal) -> dict[UUID, Answers]:
    """Of each prompt that has any, as far as the principal may read them; one query."""
    by_age = ArrayAgg("output_id", order_by="-position")
    found = (
        visible_outputs(principal)
        .filter(prompt_id__in=list(prompt_ids))
        .values("prompt_id")
        .annotate(
            count=Count("output_id"),
            newest=Func(by_age, template="(%(expressions)s)[1]", output_field=UUIDField()),
        )
    )
    return {row["prompt_id"]: Answers(row["count"], row["newest"]) for row in found}


def _worded(q: str, prompts: QuerySet[InteractionPrompt]) -> QuerySet[InteractionPrompt]:
    prompt_id = as_uuid(q)
    if prompt_id is not None:
        return prompts.filter(Q(prompt_id=prompt_id))
    return asked_with(q, prompts, QUESTION_WORDS)
