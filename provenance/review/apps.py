"""Review: erasure under four eyes, and the legal holds that forbid it."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "provenance.review"
    label = "review"

    def ready(self) -> None:
        from provenance.review import projections, work

        assert projections  # noqa: S101  registers its projections
        assert work  # noqa: S101  registers its kinds of work
