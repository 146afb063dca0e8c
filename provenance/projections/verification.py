"""Has the log verified by a worker: all of it once a day, samples of it in between.

A log that has more than doubled since is verified again without waiting for the day to pass, or a
new installation would be called whole over its first few events.

Samples that find something have everything verified at once, so that one verdict stands.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connection

from provenance.eventstore.recorded import SYSTEM, Actor
from provenance.integrity.models import Tree
from provenance.integrity.verification.outcomes import (
    SAMPLES,
    WHOLE,
    last_verification,
    verify_and_record,
)
from provenance.integrity.verification.samples import verify_samples
from provenance.integrity.verification.whole_log import verify_log
from provenance.projections import bell
from provenance.projections.chores import chore
from provenance.projections.verification_progress import Teller

log = structlog.get_logger()

LOCK_ID = 0x7261676C_03
TASK = "integrity.verify_when_due"
EXPIRES_SECONDS = 30
# Somebody waits for it: it is worth doing late.
ASKED_EXPIRES_SECONDS = 3600
# A log that doubles is verified again, but not twice within this time.
DOUBLED_AFTER = timedelta(minutes=1)


@chore(every_seconds=30)
def ask_for_verification() -> None:
    if _due(WHOLE) or _due(SAMPLES):
        bell.ring(_send)


def _send() -> None:
    bell.send_task(TASK, expires=EXPIRES_SECONDS)


def ask_now(user_id: UUID) -> bool:
    """Has a worker verify the whole log for a person; False if nobody could be asked."""
    try:
        bell.send_task(TASK, str(user_id), expires=ASKED_EXPIRES_SECONDS)
    except bell.AWAY as error:
        log.warning("redis is away; nobody verifies", error=str(error))
        return False
    return True


def is_running() -> bool:
    """Whether some worker verifies at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid::bigint = %s AND objid::bigint = %s AND objsubid = 1)",
            [LOCK_ID >> 32, LOCK_ID & 0xFFFFFFFF],
        )
        return bool(cursor.fetchone()[0])


@shared_task(name=TASK, ignore_result=True)
def verify_when_due(asked_by: str = "") -> None:
    """One worker verifies at a time; who comes second finds nothing due, or what was asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_ID])
        if not cursor.fetchone()[0]:
            return
        try:
            if asked_by:
                _verify_whole(Actor("user", asked_by))
            else:
                _verify()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_ID])


def _verify() -> None:
    suspicious = False
    if _due(SAMPLES):
        suspicious = not verify_and_record(SAMPLES, verify_samples).whole
    if suspicious or _due(WHOLE):
        _verify_whole(SYSTEM)


def _verify_whole(actor: Actor) -> None:
    teller = Teller()
    try:
        report = verify_and_record(WHOLE, lambda: verify_log(progress=teller), actor=actor)
    finally:
        teller.forget()
    if not report.whole:
        log.error("the log is broken", first=str(report.first_broken))


def _due(scope: str) -> bool:
    last = last_verification(scope)
    every = {
        WHOLE: timedelta(hours=settings.VERIFY_WHOLE_HOURS),
        SAMPLES: timedelta(minutes=settings.VERIFY_SAMPLES_MINUTES),
    }[scope]
    if last is None:
        return True
    since = datetime.now(UTC) - last.recorded_at
    doubled = scope == WHOLE and since >= DOUBLED_AFTER and _has_doubled(last.data.size)
    return since >= every or doubled


def _has_doubled(verified: int) -> bool:
    return Tree.objects.filter(size__gt=2 * verified).exists()
