"""Which outputs wait for a review, by person and by queue, and which cases a person may read."""

from uuid import UUID

from django.db.models import (
    BigIntegerField,
    BinaryField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.expressions import Value

from ingestion.models import CatalogueVersion
from provenance.accounts.access import Principal
from provenance.cases.models import CaseEntry, CaseOutput, QueueEntry, ReviewEntry
from provenance.cases.queues import WHOLE
from provenance.cases.reviews import Status
from provenance.review.erasures import party_of
from retrieval.models import VersionValidity
from retrieval.recording.models import InteractionOutput, Relation, VersionOutput
from retrieval.recording.queries import visible_outputs

OUTPUT = OuterRef("output_id")
OPEN = (Status.IN_REVIEW, Status.SIGNED_ONCE)
RESTED_ON = (Relation.CITED, Relation.IN_PROMPT)
DRAWS = 2**32


class Draw(Func):
    """A number below `DRAWS` by SHA-256 of queue and output.

    An application may choose an output's id but knows no queue's: it cannot evade a sample.
    """

    template = "('x' || left(encode(sha256(%(expressions)s), 'hex'), 8))::bit(32)::bigint"
    arg_joiner = " || "
    output_field = BigIntegerField()


def having_status(status: str) -> Q:
    """A condition on outputs: how far the review of each is."""
    reviews = ReviewEntry.objects.filter(output_id=OUTPUT)
    if status == Status.UNREVIEWED:
        return Q(~Exists(reviews))
    return Q(Exists(reviews.filter(status=status)))


def assigned_to(principal: Principal) -> QuerySet[InteractionOutput]:
    """Outputs whose review waits for this person."""
    own = _reviews_open_to(principal).filter(assignee=UUID(principal.actor.id))
    return _reviewable(principal).filter(Exists(own))


def half_signed(principal: Principal) -> QuerySet[InteractionOutput]:
    """Outputs that somebody else has signed and a second person still has to."""
    others = _reviews_open_to(principal).filter(status=Status.SIGNED_ONCE)
    return _reviewable(principal).filter(Exists(others))


def having_reviews(
    principal: Principal, statuses: tuple[Status, ...]
) -> QuerySet[InteractionOutput]:
    """Outputs whose review is as far as one of these."""
    reviews = ReviewEntry.objects.filter(output_id=OUTPUT, status__in=statuses)
    return visible_outputs(principal).filter(Exists(reviews))


def queued(queue: QueueEntry, *, principal: Principal) -> QuerySet[InteractionOutput]:
    """What the queue brings up: outputs that meet its rule, are not signed and can be read."""
    return _meeting(queue, principal=principal).filter(~Exists(_signed()))


def queued_after(
    position: int, queue: QueueEntry, *, principal: Principal
) -> QuerySet[InteractionOutput]:
    """The same among the newest outputs, each asked whether it is signed, as in `_resting_on`.

    In a list without a beginning that would hide from PostgreSQL that most of them are not.
    """
    signed = Subquery(_signed().values("output_id")[:1])
    outputs = _meeting(queue, principal=principal).filter(position__gt=position)
    return outputs.alias(signed=signed).filter(signed=None)


def _meeting(queue: QueueEntry, *, principal: Principal) -> QuerySet[InteractionOutput]:
    """Outputs that meet the rule of the queue, signed or not, and can be read."""
    outputs = _reviewable(principal)
    equal = {"application": queue.application, "model": queue.model}
    outputs = outputs.filter(**{name: value for name, value in equal.items() if value is not None})
    if queue.unsupported:
        outputs = outputs.filter(unsupported__gt=0)
    if queue.outdated:
        outputs = _resting_on(outputs, _what_counts_no_more())
    if queue.collection is not None:
        outputs = _of_collection(outputs, queue.collection)
    return outputs if queue.share is None else _drawn(outputs, queue.queue_id, queue.share)


def standing_queues() -> QuerySet[QueueEntry]:
    return QueueEntry.objects.filter(retired_at=None).order_by("position")


def gathered() -> QuerySet[CaseOutput]:
    """What cases hold now, without what was taken out of them."""
    return CaseOutput.objects.filter(removed_at=None)


def visible_cases(principal: Principal) -> QuerySet[CaseEntry]:
    """The cases of which no output is kept from the principal, nor one that was taken out."""
    cases = CaseEntry.objects.all()
    if principal.reads_all_applications and principal.collections is None:
        return cases
    seen = visible_outputs(principal).filter(output_id=OUTPUT)
    kept = CaseOutput.objects.filter(case_id=OuterRef("case_id")).filter(~Exists(seen))
    return cases.filter(~Exists(kept))


def visible_reviews(principal: Principal) -> QuerySet[ReviewEntry]:
    """The reviews of the outputs that the principal may read."""
    reviews = ReviewEntry.objects.all()
    if principal.reads_all_applications and principal.collections is None:
        return reviews
    return reviews.filter(Exists(visible_outputs(principal).filter(output_id=OUTPUT)))


def _reviews_open_to(principal: Principal) -> QuerySet[ReviewEntry]:
    reviews = ReviewEntry.objects.filter(output_id=OUTPUT, status__in=OPEN)
    return reviews.exclude(signers__contains=[party_of(principal.actor)])


def _reviewable(principal: Principal) -> QuerySet[InteractionOutput]:
    return visible_outputs(principal).filter(erased_at=None)


def _signed() -> QuerySet[ReviewEntry]:
    return ReviewEntry.objects.filter(output_id=OUTPUT, status=Status.SIGNED)


def _what_counts_no_more() -> QuerySet[VersionOutput]:
    counting = VersionValidity.objects.filter(version_id=OuterRef("version_id"), live=True)
    uses = VersionOutput.objects.filter(output_id=OUTPUT, relation__in=RESTED_ON)
    return uses.filter(~Exists(counting))


def _of_collection(
    outputs: QuerySet[InteractionOutput], collection: str
) -> QuerySet[InteractionOutput]:
    """An empty collection is known at once, instead of looking through every output."""
    versions = CatalogueVersion.objects.filter(collection=collection)
    own = versions.filter(version_id=OuterRef("version_id"))
    uses = VersionOutput.objects.filter(output_id=OUTPUT).filter(Exists(own))
    return _resting_on(outputs.filter(Exists(versions)), uses)


def _resting_on(
    outputs: QuerySet[InteractionOutput], uses: QuerySet[VersionOutput]
) -> QuerySet[InteractionOutput]:
    """A question asked of one output after the other, the newest first, until the page is full.

    As EXISTS it becomes a join, for which PostgreSQL reads all outputs first: seconds.
    """
    return outputs.alias(use=Subquery(uses.values("version_id")[:1])).filter(use__isnull=False)


def _drawn(
    outputs: QuerySet[InteractionOutput], queue_id: UUID, share: int
) -> QuerySet[InteractionOutput]:
    queue = Value(queue_id.bytes, output_field=BinaryField())
    output = Func(F("output_id"), function="uuid_send", output_field=BinaryField())
    return outputs.alias(draw=Draw(queue, output)).filter(draw__lt=share * DRAWS // WHOLE)
