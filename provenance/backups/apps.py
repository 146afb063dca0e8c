"""Backups: the log and what does not follow from it, taken away while it runs, and brought back."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "provenance.backups"
    label = "backups"

    def ready(self) -> None:
        from provenance.backups import events

        assert events  # noqa: S101  registers the event types
