"""Has a worker tell endpoints, soon after answers were found stale."""

from celery import shared_task
from django.db import connection

from provenance.impact.webhooks import telling
from provenance.impact.webhooks.endpoint import endpoints
from provenance.projections import bell
from provenance.projections.chores import chore

LOCK_ID = 0x7261676C_07
TASK = "impact.tell_of_stale_answers"
EXPIRES_SECONDS = 10


@chore(every_seconds=2)
def ask_for_telling() -> None:
    if endpoints() and telling.is_due():
        bell.ring(_send)


def _send() -> None:
    bell.send_task(TASK, expires=EXPIRES_SECONDS)


@shared_task(name=TASK, ignore_result=True)
def tell_of_stale_answers() -> None:
    """One worker at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_ID])
        if not cursor.fetchone()[0]:
            return
        try:
            telling.tell()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_ID])
