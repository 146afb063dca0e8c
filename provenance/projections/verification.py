"""Has the log verified by a worker: all of it once a day, samples of it in between.

Samples that find something have everything verified at once, so that one verdict stands.
"""

from datetime import UTC, datetime, timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connection

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

log = structlog.get_logger()

LOCK_ID = 0x7261676C_03
TASK = "integrity.verify_when_due"
EXPIRES_SECONDS = 30


@chore(every_seconds=30)
def ask_for_verification() -> None:
    if _due(WHOLE) or _due(SAMPLES):
        bell.ring(_send)


def _send() -> None:
    bell.send_task(TASK, expires=EXPIRES_SECONDS)


@shared_task(name=TASK, ignore_result=True)
def verify_when_due() -> None:
    """One worker verifies at a time; who comes second finds nothing due."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_ID])
        if not cursor.fetchone()[0]:
            return
        try:
            _verify()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_ID])


def _verify() -> None:
    suspicious = False
    if _due(SAMPLES):
        suspicious = not verify_and_record(SAMPLES, verify_samples).whole
    if suspicious or _due(WHOLE):
        report = verify_and_record(WHOLE, verify_log)
        if not report.whole:
            log.error("the log is broken", first=str(report.first_broken))


def _due(scope: str) -> bool:
    last = last_verification(scope)
    every = {
        WHOLE: timedelta(hours=settings.VERIFY_WHOLE_HOURS),
        SAMPLES: timedelta(minutes=settings.VERIFY_SAMPLES_MINUTES),
    }[scope]
    return last is None or datetime.now(UTC) - last.recorded_at >= every
