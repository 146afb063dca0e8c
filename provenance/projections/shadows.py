"""Temporary tables of the same names as a read model's: folds fill them beside the live ones."""

from django.db import connection
from django.db.models import Model
from psycopg import sql

from provenance.projections.projection import Projection

# Rows that a reader could tell apart: `*=` compares their bytes, as equality by type would not.
ALIKE = "ROW({live_columns})::record *= ROW({shadow_columns})::record"
SAME_KEY = "({live_key}) = ({shadow_key})"
REMOVE = f"""
    DELETE FROM {{live}} AS live WHERE NOT EXISTS (
        SELECT FROM {{shadow}} AS shadow WHERE {SAME_KEY} AND {ALIKE})
"""  # noqa: S608  made of constants
ADD = f"""
    INSERT INTO {{live}} ({{columns}}) SELECT {{columns}} FROM {{shadow}} AS shadow
    WHERE NOT EXISTS (SELECT FROM {{live}} AS live WHERE {SAME_KEY})
"""  # noqa: S608
COUNT_DIFFERENT = """
    SELECT count(*) FROM (
        (SELECT t::text FROM {live} t EXCEPT ALL SELECT t::text FROM {shadow} t)
        UNION ALL
        (SELECT t::text FROM {shadow} t EXCEPT ALL SELECT t::text FROM {live} t)) AS different
"""


def create_shadows(projection: Projection) -> None:
    drop_shadows(projection)
    for model in projection.tables:
        _execute(
            "CREATE TEMPORARY TABLE {name} (LIKE {live} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
            " INCLUDING INDEXES INCLUDING GENERATED INCLUDING STORAGE)",
            model,
        )


def drop_shadows(projection: Projection) -> None:
    for model in projection.tables:
        _execute("DROP TABLE IF EXISTS {shadow}", model)


def count_rows(projection: Projection) -> None:
    """Tells the planner how large the shadows are, which nobody else does for temporary tables."""
    for model in projection.tables:
        _execute("ANALYZE {shadow}", model)


def write_differing(projection: Projection) -> tuple[int, int]:
    """Makes the live tables equal to the shadows; how many rows were written, and removed.

    What is alike already is left alone: its indexes need nothing, and readers lose nothing.
    """
    removed = [_execute(REMOVE, model) for model in projection.tables]
    written = [_execute(ADD, model) for model in projection.tables]
    return sum(written), sum(removed)


def differing(projection: Projection) -> dict[str, int]:
    """How many rows of each table are in one side only."""
    return {model._meta.db_table: _count(COUNT_DIFFERENT, model) for model in projection.tables}


def _execute(template: str, model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_composed(template, model))
        return max(int(cursor.rowcount), 0)


def _count(template: str, model: type[Model]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_composed(template, model))
        return int(cursor.fetchone()[0])


def _composed(template: str, model: type[Model]) -> sql.Composed:
    table = model._meta.db_table
    columns = _columns(table)
    key = [field.column for field in model._meta.pk_fields]
    return sql.SQL(template).format(
        name=sql.Identifier(table),
        live=sql.Identifier("public", table),
        shadow=sql.Identifier("pg_temp", table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        live_columns=_of("live", columns),
        shadow_columns=_of("shadow", columns),
        live_key=_of("live", key),
        shadow_key=_of("shadow", key),
    )


def _of(side: str, columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(side, column) for column in columns)


def _columns(table: str) -> list[str]:
    """The live table's columns that are not generated, by name: shadows may order them alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s)"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
            [f"public.{table}"],
        )
        return [row[0] for row in cursor.fetchall()]
