"""Writes a row of a read model whether it is there or not, in one statement."""

from collections.abc import Sequence

from django.db.models import Model, QuerySet


def put(row: Model, *, only: Sequence[str] | None = None) -> None:
    """Writes the row under its key; of one that is there, all fields or `only` some change.

    Django's own `update_or_create` asks first and sets savepoints: six statements for one row.
    """
    key = {field.name for field in row._meta.pk_fields}
    fields = (field.name for field in row._meta.concrete_fields if field.name not in key)
    changing = list(fields if only is None else only)
    rows: QuerySet[Model] = QuerySet(type(row))
    if changing:
        rows.bulk_create(
            [row], update_conflicts=True, unique_fields=sorted(key), update_fields=changing
        )
    else:
        rows.bulk_create([row], ignore_conflicts=True)
