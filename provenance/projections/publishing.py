"""Has a worker bring checkpoints to witnesses and anchors, soon after they are sealed."""

from celery import shared_task
from django.conf import settings
from django.db import connection

from provenance.integrity import publishing
from provenance.projections import bell
from provenance.projections.chores import chore

LOCK_ID = 0x7261676C_05
TASK = "integrity.publish_checkpoint"
EXPIRES_SECONDS = 10


@chore(every_seconds=2)
def ask_for_publishing() -> None:
    configured = settings.WITNESSES or any(
        (settings.ANCHOR_FOLDER, settings.ANCHOR_WEBHOOK, settings.ANCHOR_BUCKET)
    )
    if configured and publishing.is_due():
        bell.ring(_send)


def _send() -> None:
    bell.send_task(TASK, expires=EXPIRES_SECONDS)


@shared_task(name=TASK, ignore_result=True)
def publish_checkpoint() -> None:
    """One worker at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_ID])
        if not cursor.fetchone()[0]:
            return
        try:
            publishing.publish()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_ID])
