"""Cases: outputs are reviewed, signed and gathered; every step is an event."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "provenance.cases"
    label = "cases"

    def ready(self) -> None:
        from provenance.cases import projections

        assert projections  # noqa: S101  registers its projection
