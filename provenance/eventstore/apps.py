"""The event store: the append-only log, the only source of truth."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EventstoreConfig(AppConfig):
    name = "provenance.eventstore"
    label = "eventstore"

    def ready(self) -> None:
        from provenance.eventstore import event_types, grants

        post_migrate.connect(grants.grant_web_role, dispatch_uid="eventstore.grant_web_role")
        event_types.refuse_gaps()
