"""Signs reviews: a person gives the password again, and signs what was read, under a printed name.

The signature names the leaf of the output in the log, so it can be moved to no other record.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from provenance.accounts.access import Principal
from provenance.cases import reviews, words
from provenance.cases.access import EDITORS, reviewable_output
from provenance.cases.errors import NotPlacedYet, PasswordWrong, TooManyFailures
from provenance.cases.events import Meaning, OutputSigned, SignatureRefused, SignedRecord
from provenance.cases.reviewing import append_to, read_review
from provenance.eventstore import store
from provenance.eventstore.ids import new_id
from provenance.eventstore.recorded import NewEvent
from provenance.eventstore.store import decides_again
from provenance.integrity import base64_text
from provenance.integrity.merkle import leaf_hash
from retrieval.recording.events import OutputReported

FACTORS = ["username", "password"]
MAX_FAILURES = 5
WINDOW = timedelta(minutes=15)

Confirms = Callable[[], bool]


def sign_output(
    *,
    output_id: UUID,
    meaning: Meaning,
    printed_name: str,
    reason: str = "",
    seen: int,
    confirms: Confirms,
    principal: Principal,
) -> None:
    """`confirms` checks the person's password; `seen` is the version of the review they read.

    Raises RecordNotFound, OutputErased, PasswordWrong, TooManyFailures, NotPlacedYet, ReviewSigned,
    AlreadySigned, ReadBeforeSigning, RubricUnanswered, FindingsOpen, PermissionDenied.
    """
    if principal.role not in EDITORS or principal.actor.type != "user":
        raise PermissionDenied("Only people sign, and only reviewers and administrators.")
    reviewable_output(output_id, principal=principal)
    refusal = _confirm(output_id, confirms, principal=principal)
    if refusal is not None:
        raise refusal
    _sign(
        output_id,
        meaning,
        printed_name=printed_name,
        reason=reason,
        seen=seen,
        principal=principal,
    )


@transaction.atomic
def _confirm(
    output_id: UUID, confirms: Confirms, *, principal: Principal
) -> PasswordWrong | TooManyFailures | None:
    """Answers the refusal, so that the failure it records is committed.

    One attempt of a person waits for the other: many at once are counted one by one.
    """
    stream = f"signing-{principal.actor.id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream])
    since = timezone.now() - WINDOW
    failures = [
        event
        for event in store.read_newest(stream, limit=MAX_FAILURES)
        if event.recorded_at > since
    ]
    if len(failures) == MAX_FAILURES:
        return TooManyFailures(int(WINDOW.total_seconds()) // 60)
    if confirms():
        return None
    new = NewEvent(
        data=SignatureRefused(user_id=UUID(principal.actor.id), output_id=output_id),
        stream=stream,
        event_id=new_id(),
        actor=principal.actor,
    )
    store.append([new], expected={stream: store.stream_version(stream)})
    return PasswordWrong()


@decides_again
@transaction.atomic
def _sign(
    output_id: UUID,
    meaning: Meaning,
    *,
    printed_name: str,
    reason: str,
    seen: int,
    principal: Principal,
) -> None:
    _, review = read_review(output_id)
    reviews.require_signable(review, signer=principal.actor, meaning=meaning, seen=seen)
    event_id = new_id()
    data = OutputSigned(
        output_id=output_id,
        round=review.round,
        meaning=meaning,
        printed_name=words.name_of_person(
            "printed_name", printed_name, user_id=UUID(principal.actor.id), event_id=event_id
        ),
        reason=words.about_output("reason", reason, output_id=output_id, event_id=event_id)
        if reason
        else None,
        record=_signed_record(output_id),
        covers=review.version,
        signatures_needed=reviews.signatures_needed(review, four_eyes=settings.FOUR_EYES_SIGN_OFF),
        factors=FACTORS,
    )
    append_to(review, data, output_id=output_id, event_id=event_id, principal=principal)


def _signed_record(output_id: UUID) -> SignedRecord:
    (reported,) = store.read_stream(f"output-{output_id}", types=[OutputReported])
    stored = store.canonical_bytes(reported.event_id)
    if reported.position is None or stored is None:
        raise NotPlacedYet
    return SignedRecord(
        event_id=reported.event_id,
        position=reported.position,
        leaf_hash=base64_text.encode(leaf_hash(stored)),
    )
