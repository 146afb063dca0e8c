"""What SQL a piece of work runs, and the time that the same SQL takes with nothing around it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings


@dataclass(frozen=True)
class Statement:
    sql: Any
    parameters: Any
    binds_on_client: bool

    @property
    def reads(self) -> bool:
        return str(self.sql).lstrip().upper().startswith(("SELECT", "WITH"))


@contextmanager
def captured() -> Iterator[list[Statement]]:
    """Every statement of this process, whether it goes through Django's cursor or the driver's."""
    statements: list[Statement] = []
    execute = psycopg.Cursor.execute

    def note(cursor: Any, query: Any, params: Any = None, **options: Any) -> Any:
        on_client = isinstance(cursor, psycopg.ClientCursor)
        statements.append(Statement(query, params, on_client))
        return execute(cursor, query, params, **options)

    psycopg.Cursor.execute = note  # type: ignore[assignment,method-assign]
    try:
        yield statements
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def bare_connection() -> psycopg.Connection[Any]:
    """A connection of the driver's own, as the web role, in autocommit."""
    database = settings.DATABASES["default"]
    return psycopg.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"],
        autocommit=True,
    )


def run_bare(bare: psycopg.Connection[Any], statements: Sequence[Statement]) -> None:
    """Runs each, bound as it was, and fetches all its rows."""
    for statement in statements:
        kind = psycopg.ClientCursor if statement.binds_on_client else psycopg.Cursor
        with kind(bare) as cursor:
            cursor.execute(statement.sql, statement.parameters)
            cursor.fetchall()
