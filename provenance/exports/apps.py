"""Exports: evidence that leaves the server, to be checked without it."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "provenance.exports"
    label = "exports"

    def ready(self) -> None:
        from provenance.exports import events

        assert events  # noqa: S101  registers the event types
