"""Integrity: positions, the Merkle tree and what proves the log."""

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "provenance.integrity"
    label = "integrity"
