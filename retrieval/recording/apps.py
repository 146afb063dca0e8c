"""What applications report: prompts, outputs and their own stores' retrievals."""

from django.apps import AppConfig


class RecordingConfig(AppConfig):
    name = "retrieval.recording"
    label = "recording"

    def ready(self) -> None:
        from retrieval.recording import projections, work

        assert projections  # noqa: S101  registers its projection
        assert work  # noqa: S101  registers its kinds of work
