"""History: lineage, timelines and the past, read straight from the log."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "provenance.history"
    label = "history"

    def ready(self) -> None:
        from provenance.history import events, projections

        assert events  # noqa: S101  registers the event types
        assert projections  # noqa: S101  registers its projection
