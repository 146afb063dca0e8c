"""What applications report: prompts, outputs and their own stores' retrievals."""

from django.apps import AppConfig


class RecordingConfig(AppConfig):
    name = "retrieval.recording"
    label = "recording"
