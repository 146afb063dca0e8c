"""Finding: the one search, and lists that are taken away."""

from django.apps import AppConfig


class FindingConfig(AppConfig):
    name = "provenance.finding"
    label = "finding"

    def ready(self) -> None:
        from provenance.finding import events

        assert events  # noqa: S101  registers its event types
