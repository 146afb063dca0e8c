"""The driver's own cursor, for the few statements where Django's costs too much.

Django binds parameters on the client, so PostgreSQL plans every statement anew. Here they are
bound by the server: a repeated statement is prepared once a connection, COPY and binary results
work, and errors are Django's all the same.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def driver_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on Django's connection and in its transaction."""
    connection = _ready_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def execute(statement: str, parameters: Mapping[str, Any]) -> int:
    """Runs a statement that writes, and returns how many rows it did; in Django's transaction.

    On one cursor for as long as the connection lasts: a new one costs as much as a small statement.
    """
    connection = _ready_connection()
    with connection.wrap_database_errors:
        return _kept_cursor(connection.connection).execute(statement, parameters).rowcount


def _ready_connection() -> BaseDatabaseWrapper:
    """Django's connection, looked after as before a statement of Django's own.

    The first statement of a request finds out whether the server was restarted since the last one.
    """
    connection = connections[DEFAULT_DB_ALIAS]  # once: each look at `django.db.connection` is slow
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    return connection


def _kept_cursor(connection: Any) -> psycopg.Cursor[Any]:
    try:
        cursor: psycopg.Cursor[Any] = connection.writing_cursor
    except AttributeError:
        cursor = connection.writing_cursor = psycopg.Cursor(connection)
    return cursor
