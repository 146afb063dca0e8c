"""Loads the tables of a backup, and gives their sequences the next values."""

from pathlib import Path

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from django.db import DataError, IntegrityError, connection
from psycopg import sql

from provenance.backups.contents import kept_models
from provenance.backups.errors import BackupChanged, KeysUnusable
from provenance.backups.manifest import Manifest, TableFile
from provenance.backups.source import Source
from provenance.backups.table_files import Count, Report, load
from provenance.integrity.models import Tree
from provenance.sealing.keys import unwrap
from provenance.sealing.models import SealingKey

KEY_TABLE = SealingKey._meta.db_table


def load_tables(source: Source, report: Report) -> int:
    """Returns how many data keys are missing that were not destroyed.

    Requires empty tables. Raises BackupChanged, KeysUnusable.
    """
    count = Count(source.total_bytes, report)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DELETE FROM {}").format(_live(Tree._meta.db_table)))
    for each in _in_order(source.manifest):
        if each.table == KEY_TABLE:
            _load_keys(source, each, count)
        else:
            _load(source.folder, each, _live(each.table), count)
        _move_sequences(each)
    count.end()
    return _missing_keys()


def _in_order(manifest: Manifest) -> list[TableFile]:
    """Tables that others refer to come first. Raises BackupChanged."""
    order = [model._meta.db_table for model in kept_models()]
    if sorted(order) != sorted(each.table for each in manifest.tables):
        raise BackupChanged("The backup does not hold the tables that this version keeps.")
    return sorted(manifest.tables, key=lambda each: order.index(each.table))


def _load(folder: Path, each: TableFile, into: sql.Composable, count: Count) -> None:
    try:
        rows = load(folder / each.file, into, each.columns, count)
    except (DataError, IntegrityError) as error:
        raise BackupChanged(f"{folder / each.file} cannot be loaded: {error}") from error
    if rows != each.rows:
        raise BackupChanged(f"{folder / each.file} has {rows:,} rows, not {each.rows:,}.")


def _load_keys(source: Source, each: TableFile, count: Count) -> None:
    """Every row with its key, if that is here; one that was destroyed never gets it back."""
    rows, found = sql.Identifier("pg_temp", "key_row"), sql.Identifier("pg_temp", "key_found")
    with connection.cursor() as cursor:
        for aside in ("key_row", "key_found"):
            cursor.execute(
                sql.SQL(
                    "CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DROP"
                ).format(sql.Identifier(aside), _live(KEY_TABLE))
            )
        _load(source.folder, each, rows, count)
        if source.keys:
            for part in source.keys.tables:
                _load(source.keys_folder, part, found, count)
            _require_kek(source.keys_folder)
        cursor.execute(
            sql.SQL(
                "INSERT INTO {live} (kid, wrapped_dek, created_at, destroyed_at)"
                " SELECT r.kid, CASE WHEN r.destroyed_at IS NULL THEN f.wrapped_dek END,"
                " r.created_at, r.destroyed_at FROM {rows} AS r LEFT JOIN {found} AS f USING (kid)"
            ).format(live=_live(KEY_TABLE), rows=rows, found=found)
        )


def _require_kek(folder: Path) -> None:
    """One key tells: all are wrapped alike. Raises KeysUnusable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped_dek FROM pg_temp.key_found LIMIT 1")
        for (wrapped,) in cursor.fetchall():
            try:
                unwrap(wrapped)
            except InvalidUnwrap as error:
                raise KeysUnusable(folder) from error


def _missing_keys() -> int:
    return SealingKey.objects.filter(wrapped_dek=None, destroyed_at=None).count()


def _move_sequences(each: TableFile) -> None:
    """COPY takes the numbers as they are; what is recorded next must go on after them."""
    with connection.cursor() as cursor:
        for column in each.columns:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [each.table, column])
            (sequence,) = cursor.fetchone()
            if sequence and each.rows:
                cursor.execute(
                    sql.SQL("SELECT setval(%s, (SELECT max({}) FROM {}))").format(
                        sql.Identifier(column), _live(each.table)
                    ),
                    [sequence],
                )


def _live(table: str) -> sql.Identifier:
    return sql.Identifier("public", table)
