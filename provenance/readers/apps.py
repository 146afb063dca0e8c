"""Readers: who looked at what, in the log itself, and guests who may look for a while."""

from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "provenance.readers"
    label = "readers"

    def ready(self) -> None:
        from provenance.readers import guest_list, projections

        assert projections and guest_list  # noqa: S101, PT018  registers its projections
