"""Runs the SQL that lies beside a migration: `0001_x.py` runs `0001_x.up.sql` and `.down.sql`."""

from pathlib import Path

from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation


def sql_beside(migration_file: str, *, state_operations: list[Operation] | None = None) -> RunSQL:
    """The operation for the two SQL files of the migration whose `__file__` is given."""
    path = Path(migration_file)
    up, down = path.with_suffix(".up.sql"), path.with_suffix(".down.sql")
    return RunSQL(
        up.read_text(encoding="utf-8"),
        down.read_text(encoding="utf-8"),
        state_operations=state_operations,
    )
