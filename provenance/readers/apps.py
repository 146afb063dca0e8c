"""Readers: who looked at what, in the log itself."""

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "provenance.readers"
    label = "readers"

    def ready(self) -> None:
        from provenance.readers import projections

        assert projections  # noqa: S101  registers its projection
