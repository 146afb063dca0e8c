"""The HTTP API: one view class an operation."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "provenance.api"
    label = "api"

    def ready(self) -> None:
        from provenance.api import idempotency

        assert idempotency  # noqa: S101  registers how kept answers are forgotten
