"""Completeness: what applications did not report, reconciled for each of them and each day."""

from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "provenance.coverage"
    label = "coverage"

    def ready(self) -> None:
        from provenance.coverage import projections

        assert projections  # noqa: S101  registers its projection
