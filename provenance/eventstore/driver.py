"""The driver's own cursor, for the few statements where Django's costs too much.

Django binds parameters on the client, so PostgreSQL plans every statement anew. Here they are
bound by the server: a repeated statement is prepared once a connection, COPY and binary results
work, and errors are Django's all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def driver_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor on Django's connection and in its transaction."""
    connection = connections[DEFAULT_DB_ALIAS]  # once: each look at `django.db.connection` is slow
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor
