"""The Celery application: queues by the kind of work, messages that only ring the bell."""

import os
from typing import Any

import kombu
from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "provenance.settings")

RECONNECT_SECONDS = 1
# By itself a worker connects anew for every task, which costs more than most tasks do.
TASKS_A_CONNECTION = 1000


class Connection(kombu.Connection):
    """Looks for a broker that is away every second; by itself it would wait longer and longer."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        every_second = {"interval_start": RECONNECT_SECONDS, "interval_max": RECONNECT_SECONDS}
        return super().ensure_connection(*args, **options | every_second)


class Messages(AMQP):
    Connection = Connection


app = Celery("ragledger", amqp=Messages)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = TASKS_A_CONNECTION
app.autodiscover_tasks()


@task_prerun.connect
def leave_broken_connections(**_: Any) -> None:
    """As Django does between two requests."""
    close_old_connections()
