"""Integrity: positions, the Merkle tree and what proves the log."""

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "provenance.integrity"
    label = "integrity"

    def ready(self) -> None:
        from provenance.integrity import events, witnesses

        assert events  # noqa: S101  registers the event types
        witnesses.refuse_malformed()
