"""Sealing: personal text lies in boxes whose keys are kept outside the log."""

from django.apps import AppConfig


class SealingConfig(AppConfig):
    name = "provenance.sealing"
    label = "sealing"
