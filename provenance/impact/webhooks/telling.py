"""Tells endpoints of stale answers, in the order in which they were found, and notes how it stands.

Nothing waits for it: whoever is not reached is told later, from where it was told last. A message
that was taken, and whose taking is not noted because of a crash, comes again with the same id.
"""

import time
from datetime import timedelta
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from provenance.eventstore import store
from provenance.eventstore.ids import derived_id
from provenance.eventstore.listings import store_listing
from provenance.eventstore.recorded import SYSTEM, NewEvent
from provenance.impact import stale
from provenance.impact.events import StaleAnswersTold
from provenance.impact.models import StaleAnswer, WebhookStanding
from provenance.impact.webhooks.endpoint import Endpoint, endpoints
from provenance.impact.webhooks.posting import NotTold, post
from provenance.impact.webhooks.signature import signed_headers

log = structlog.get_logger()

MESSAGE = "stale_answers.found"
ANSWERS_A_MESSAGE = 100
MESSAGES_A_TURN = 20
LONGEST_PAUSE_SECONDS = 300
STREAM = "stale-answers-told"


def is_due() -> bool:
    return any(_next(each, _standing(each), limit=1) for each in _rested())


def tell() -> None:
    """One endpoint after the other, each a few messages at most."""
    for endpoint in _rested():
        for _ in range(MESSAGES_A_TURN):
            if not _tell_next(endpoint):
                break


def _rested() -> list[Endpoint]:
    """The endpoints that are not waiting after a failure."""
    now = timezone.now()
    return [each for each in endpoints() if _standing(each).next_try_at <= now]


def _standing(endpoint: Endpoint) -> WebhookStanding:
    """A new endpoint is told of what is found from now on."""
    found, _ = WebhookStanding.objects.get_or_create(
        name=endpoint.name, defaults={"position": stale.reached()}
    )
    return found


def _tell_next(endpoint: Endpoint) -> bool:
    """Whether a message was taken and another one may follow."""
    standing = _standing(endpoint)
    answers = _next(endpoint, standing, limit=ANSWERS_A_MESSAGE)
    told = answers[:ANSWERS_A_MESSAGE]
    if not told:
        return False
    message_id = derived_id(UUID(int=0), f"{endpoint.name}/{told[0].place}/{told[-1].place}")
    try:
        _post(endpoint, message_id, told)
    except NotTold as error:
        _note_failure(standing, str(error))
        return False
    _note_told(endpoint, standing, message_id, told)
    return len(answers) > ANSWERS_A_MESSAGE


def _next(endpoint: Endpoint, standing: WebhookStanding, *, limit: int) -> list[stale.Stale]:
    found = StaleAnswer.objects.all()
    if endpoint.application is not None:
        found = found.filter(application=endpoint.application)
    after = (standing.position, str(standing.output_id), str(standing.document_id))
    return stale.oldest(found, limit=limit, after=after)


def _post(endpoint: Endpoint, message_id: UUID, told: list[stale.Stale]) -> None:
    changes = stale.changes(told)
    answers = [stale.as_json(e, changes.get((e.change, e.document_id))) for e in told]
    now = int(time.time())
    message = {
        "type": MESSAGE,
        "timestamp": timezone.now(),
        "data": {"answers": answers, "position": told[-1].position},
    }
    body = orjson.dumps(message, option=orjson.OPT_UTC_Z)
    headers = signed_headers(
        message_id=f"msg_{message_id}", timestamp=now, body=body, key=endpoint.key
    )
    post(endpoint, body, headers, loopback=settings.WEBHOOKS_LOOPBACK)


def _note_failure(standing: WebhookStanding, problem: str) -> None:
    log.warning("webhook not told", name=standing.name, problem=problem)
    now = timezone.now()
    standing.attempts += 1
    pause = min(2 ** min(standing.attempts, 16), LONGEST_PAUSE_SECONDS)
    standing.problem, standing.tried_at = problem, now
    standing.next_try_at = now + timedelta(seconds=pause)
    standing.save()


@store.decides_again
@transaction.atomic
def _note_told(
    endpoint: Endpoint, standing: WebhookStanding, message_id: UUID, told: list[stale.Stale]
) -> None:
    now = timezone.now()
    standing.position, output_id, document_id = told[-1].place
    standing.output_id, standing.document_id = UUID(output_id), UUID(document_id)
    standing.attempts, standing.problem, standing.told = 0, "", standing.told + len(told)
    standing.tried_at = standing.reached_at = standing.next_try_at = now
    standing.save()
    if store.read_event(message_id) is None:
        _record(endpoint, message_id, told)


def _record(endpoint: Endpoint, message_id: UUID, told: list[stale.Stale]) -> None:
    data = StaleAnswersTold(
        webhook=endpoint.host,
        application=endpoint.application,
        position=told[-1].position,
        answers=store_listing(sorted({str(each.output_id) for each in told})),
    )
    store.append(
        [NewEvent(data=data, stream=STREAM, event_id=message_id, actor=SYSTEM)],
        expected={STREAM: store.stream_version(STREAM)},
    )
