"""Impact: which answers rest on a passage, a version, a document, a model or a template."""

from django.apps import AppConfig


class ImpactConfig(AppConfig):
    name = "provenance.impact"
    label = "impact"

    def ready(self) -> None:
        from provenance.impact import projections, work
        from provenance.impact.webhooks import asking, endpoint

        assert projections  # noqa: S101  registers its projection
        assert asking  # noqa: S101  registers a chore and a task
        assert work  # noqa: S101  registers its kind of work
        endpoint.endpoints()  # a malformed one stops the start, not the first stale answer
