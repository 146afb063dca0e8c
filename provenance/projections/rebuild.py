"""Rebuilds a read model from the log beside the live one, then swaps the rows in one transaction.

The fold runs on temporary tables of the same names, which PostgreSQL finds before the live ones,
so the very same code fills them and no right on the live schema is needed. Readers see the old
rows until the swap commits.
"""

from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from provenance.eventstore import store
from provenance.eventstore.sealed import prefetched_keys
from provenance.projections.models import ParkedEvent, Progress
from provenance.projections.projection import Projection
from provenance.projections.runner import BATCH_POSITIONS, read_batch

Report = Callable[[int, int], None]


def rebuild(projection: Projection, *, report: Report | None = None) -> int:
    """Folds the whole log anew and swaps; returns the position reached.

    `report(done, total)` is told after every batch. Whatever a fold raises ends the rebuild and
    leaves the live rows as they were.
    """
    _create_shadows(projection)
    try:
        reached = _fold_until_near_the_end(projection, report)
        with transaction.atomic():
            return _swap(projection, reached)
    finally:
        _drop_shadows(projection)


def differences(projection: Projection) -> dict[str, int]:
    """How many rows differ between the live tables and a rebuild, by table; all zero when equal.

    The read model must be at rest, and caught up, while this compares.
    """
    _create_shadows(projection)
    try:
        _fold_range(projection, after=-1, until=_live_position(projection), report=None)
        return {
            model._meta.db_table: _count_differences(model._meta.db_table)
            for model in projection.tables
        }
    finally:
        _drop_shadows(projection)


def _fold_until_near_the_end(projection: Projection, report: Report | None) -> int:
    reached = -1
    while (head := store.head_position()) - reached > BATCH_POSITIONS or reached < 0 <= head:
        reached = _fold_range(projection, after=reached, until=head, report=report)
    return reached


def _fold_range(projection: Projection, *, after: int, until: int, report: Report | None) -> int:
    while after < until:
        batch_end = min(after + BATCH_POSITIONS, until)
        events = read_batch(projection, after=after, until=batch_end)
        with transaction.atomic(), prefetched_keys(events):
            projection.fold_batch(events)
        after = batch_end
        if report is not None:
            report(after + 1, until + 1)
    return after


def _swap(projection: Projection, reached: int) -> int:
    Progress.objects.bulk_create(
        [Progress(name=projection.name, version=projection.version)], ignore_conflicts=True
    )
    progress = Progress.objects.select_for_update().get(name=projection.name)
    # The live fold waits for the row, so what it has folded since is folded here too.
    reached = _fold_range(
        projection, after=reached, until=max(progress.position, reached), report=None
    )
    for model in projection.tables:
        table = model._meta.db_table
        columns = _columns(table)
        _execute("DELETE FROM {live}", table)
        _execute("INSERT INTO {live} ({columns}) SELECT {columns} FROM {shadow}", table, columns)
    ParkedEvent.objects.filter(projection=projection.name).delete()
    progress.position, progress.version, progress.problem = reached, projection.version, ""
    progress.updated_at = timezone.now()
    progress.save()
    return reached


def _create_shadows(projection: Projection) -> None:
    _drop_shadows(projection)
    for model in projection.tables:
        _execute(
            "CREATE TEMPORARY TABLE {name} (LIKE {live} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
            " INCLUDING INDEXES INCLUDING GENERATED INCLUDING STORAGE)",
            model._meta.db_table,
        )


def _drop_shadows(projection: Projection) -> None:
    for model in projection.tables:
        _execute("DROP TABLE IF EXISTS {shadow}", model._meta.db_table)


def _count_differences(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            _composed(
                "SELECT count(*) FROM ("
                "(SELECT t::text FROM {live} t EXCEPT ALL SELECT t::text FROM {shadow} t)"
                " UNION ALL "
                "(SELECT t::text FROM {shadow} t EXCEPT ALL SELECT t::text FROM {live} t)) d",
                table,
            )
        )
        return int(cursor.fetchone()[0])


def _live_position(projection: Projection) -> int:
    return Progress.objects.get(name=projection.name).position


def _columns(table: str) -> list[str]:
    """The live table's columns that are not generated, by name: shadows may order them alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s)"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
            [f"public.{table}"],
        )
        return [row[0] for row in cursor.fetchall()]


def _execute(template: str, table: str, columns: list[str] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_composed(template, table, columns))


def _composed(template: str, table: str, columns: list[str] | None = None) -> sql.Composed:
    return sql.SQL(template).format(
        name=sql.Identifier(table),
        live=sql.Identifier("public", table),
        shadow=sql.Identifier("pg_temp", table),
        columns=sql.SQL(", ").join(sql.Identifier(column) for column in columns or []),
    )
