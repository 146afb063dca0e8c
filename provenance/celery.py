"""The Celery application: queues by the kind of work, messages that only ring the bell."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provenance.settings")

app = Celery("ragledger")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
