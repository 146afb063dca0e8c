"""What a backup holds: every table, but those that follow from the log or may be forgotten.

A new table is in the next backup without anybody thinking of it. One that may be forgotten says
so: its model has `in_backups = False`.
"""

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from provenance.projections.models import ParkedEvent, Progress
from provenance.projections.projection import projections
from provenance.sealing.models import SealingKey

# The one secret among the columns; it goes into a part of its own.
SECRET: dict[type[Model], str] = {SealingKey: "wrapped_dek"}


def kept_models() -> list[type[Model]]:
    """In an order in which they can be loaded: packages below come first."""
    derived = {model for each in projections() for model in each.tables} | {Progress, ParkedEvent}
    return [
        model
        for model in apps.get_models()
        if model not in derived
        and getattr(model, "in_backups", True)
        and not model.__module__.startswith("django.")
    ]


def columns_of(model: type[Model]) -> list[str]:
    """The columns that are written, without secrets and what the database makes up itself."""
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.column and not field.generated and field.column != SECRET.get(model)
    ]


def applied_migrations() -> dict[str, list[str]]:
    """By application, but for Django's own, whose tables no backup holds."""
    kept = {model._meta.app_label for model in kept_models()}
    found: dict[str, list[str]] = {}
    for label, name in sorted(MigrationRecorder(connection).applied_migrations()):
        if label in kept:
            found.setdefault(label, []).append(name)
    return found
