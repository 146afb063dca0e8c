"""Outputs to review: a reviewer sees what waits for them, what every queue brings up, and opens it.

In ten seconds: which answers must I look at today?
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Value
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from provenance.accounts.access import Principal
from provenance.cases import reading
from provenance.cases.models import QueueEntry, ReviewEntry
from provenance.cases.reviews import Status
from provenance.cases.waiting import waiting_in
from provenance.pages import keyset
from provenance.pages.access import PersonRequest, require_person
from provenance.pages.people import names_of
from provenance.pages.rendering import show
from retrieval.recording.models import InteractionOutput

SECTION = "reviews"
# Beyond this a list says "99+": a count without end would read everything.
COUNTED = 100
Outputs = QuerySet[InteractionOutput]


@dataclass(frozen=True)
class Listed:
    """A list of outputs to choose, with how many are on it."""

    key: str
    name: str
    note: str
    count: str
    current: bool


@dataclass(frozen=True)
class Row:
    """An output with how far its review is."""

    output: InteractionOutput
    review: ReviewEntry | None
    assignee: str
    overdue: bool


@require_safe
@require_person
def reviews(request: PersonRequest) -> HttpResponse:
    queues = list(reading.standing_queues())
    lists = lists_of(request.principal, queues)
    chosen = request.GET.get("list") or next(iter(lists))
    if chosen not in lists:
        raise Http404
    listed = keyset.page(
        lists[chosen], request.GET, by="position", position=lambda each: each.position
    )
    context = {
        "lists": _described(request.principal, lists, queues, chosen),
        "chosen": chosen,
        "rows": _rows(listed.rows),
        "first_page": listed.first,
        "next_page": listed.next,
        "after": keyset.AFTER in request.GET,
        "tab": "reviews",
    }
    return show(request, "reviews/reviews.html", context, section=SECTION, partial="list")


def lists_of(principal: Principal, queues: Sequence[QueueEntry]) -> dict[str, Outputs]:
    """Every list a person can choose, by the key that stands in addresses."""
    return {
        "mine": reading.assigned_to(principal),
        "second": reading.half_signed(principal),
        **{str(queue.queue_id): reading.queued(queue, principal=principal) for queue in queues},
        "open": reading.having_reviews(principal, reading.OPEN),
        "signed": reading.having_reviews(principal, (Status.SIGNED,)),
    }


def next_in(principal: Principal, key: str, *, besides: UUID) -> UUID | None:
    """The newest output of a list but this one; None for an unknown list too."""
    outputs = lists_of(principal, list(reading.standing_queues())).get(key)
    if outputs is None:
        return None
    waiting = outputs.exclude(output_id=besides).order_by("-position")
    return waiting.values_list("output_id", flat=True).first()


def _described(
    principal: Principal, lists: Mapping[str, Outputs], queues: Sequence[QueueEntry], chosen: str
) -> list[Listed]:
    counts = _counts(principal, lists, queues)
    names = {
        "mine": (gettext("Assigned to me"), gettext("and not signed by me yet")),
        "second": (gettext("For a second signature"), gettext("somebody else has signed")),
        **{str(queue.queue_id): (queue.name, rule_in_words(queue)) for queue in queues},
        "open": (gettext("In review"), gettext("by anybody")),
        "signed": (gettext("Signed"), gettext("newest first")),
    }
    return [
        Listed(
            key,
            *names[key],
            counts[key],
            key == chosen,
        )
        for key in lists
    ]


def _counts(
    principal: Principal, lists: Mapping[str, Outputs], queues: Sequence[QueueEntry]
) -> dict[str, str]:
    """Of a queue as it is counted everywhere; of the others up to `COUNTED`, in one query."""
    queued = {str(id_): str(each) for id_, each in waiting_in(queues, principal=principal).items()}
    # In order, so that it ends once they are found.
    parts = [
        outputs.order_by("-position")
        .annotate(list=Value(key))
        .values_list("list", flat=True)[:COUNTED]
        for key, outputs in lists.items()
        if key not in queued
    ]
    found = Counter(parts[0].union(*parts[1:], all=True))
    others = {key: "99+" if found[key] >= COUNTED else str(found[key]) for key in lists}
    return others | queued


def rule_in_words(queue: QueueEntry) -> str:
    """`a sentence without support, 5 % drawn`."""
    parts = [
        gettext("a sentence without support") if queue.unsupported else "",
        gettext("a source no longer current") if queue.outdated else "",
        gettext("application %(application)s") % {"application": queue.application}
        if queue.application
        else "",
        gettext("model %(model)s") % {"model": queue.model} if queue.model else "",
        gettext("collection %(collection)s") % {"collection": queue.collection}
        if queue.collection
        else "",
        f"{queue.share / 10_000:g} % drawn" if queue.share is not None else "",
    ]
    return ", ".join(filter(None, parts)) or gettext("every output")


def _rows(outputs: Sequence[InteractionOutput]) -> list[Row]:
    ids = [output.output_id for output in outputs]
    found = {row.output_id: row for row in ReviewEntry.objects.filter(output_id__in=ids)}
    assignees = [f"user {row.assignee}" for row in found.values() if row.assignee]
    names = names_of(assignees)
    today = timezone.now().date()
    return [_row(output, found.get(output.output_id), names, today) for output in outputs]


def _row(
    output: InteractionOutput, review: ReviewEntry | None, names: Mapping[str, str], today: date
) -> Row:
    assignee = names.get(f"user {review.assignee}", "") if review else ""
    due = review.due_on if review and review.status != Status.SIGNED else None
    return Row(output, review, assignee, overdue=due is not None and due < today)
