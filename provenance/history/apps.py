"""History: lineage, timelines and the past, read straight from the log."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "provenance.history"
    label = "history"
