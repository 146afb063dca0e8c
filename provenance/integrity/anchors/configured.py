"""The anchors that the settings name."""

from pathlib import Path

from django.conf import settings

from provenance.integrity.anchors.anchor import Anchor
from provenance.integrity.anchors.bucket import Bucket
from provenance.integrity.anchors.folder import Folder
from provenance.integrity.anchors.time_stamper import TimeStamper
from provenance.integrity.anchors.webhook import Webhook


def anchors() -> list[Anchor]:
    found: list[Anchor] = []
    if settings.ANCHOR_FOLDER:
        found.append(Folder(Path(settings.ANCHOR_FOLDER)))
    if settings.ANCHOR_WEBHOOK:
        found.append(Webhook(settings.ANCHOR_WEBHOOK))
    if settings.ANCHOR_BUCKET:
        found.append(Bucket(settings.ANCHOR_BUCKET, settings.ANCHOR_BUCKET_DAYS))
    if settings.TIMESTAMP_URL:
        found.append(TimeStamper(settings.TIMESTAMP_URL, Path(settings.TIMESTAMP_ROOTS or "")))
    return found
