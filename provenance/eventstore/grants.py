"""Grants the web role what it needs and no more, after every migration."""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.models import Model
from psycopg import sql


def grant_web_role(sender: AppConfig, *, using: str, **_: Any) -> None:
    """A post_migrate receiver: sets the web role's rights on every table, once per migrate."""
    if sender.label != "eventstore" or using != "owner":
        return
    web, owner = (settings.DATABASES[alias]["USER"] for alias in ("default", "owner"))
    if web == owner:
        return
    present = set(connections[using].introspection.table_names())
    with connections[using].cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.db_table in present:
                for statement in statements_for(model, web):
                    cursor.execute(statement)
        cursor.execute(
            sql.SQL("GRANT SELECT ON django_migrations TO {}").format(sql.Identifier(web))
        )


def statements_for(model: type[Model], web: str) -> list[sql.Composed]:
    """The statements that give the web role exactly its rights on the model's table."""
    table, role = sql.Identifier(model._meta.db_table), sql.Identifier(web)
    columns: tuple[str, ...] | None = getattr(model, "append_only_insert_columns", None)
    if columns is None:
        grant = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}").format(table, role)
    elif not columns:
        grant = sql.SQL("GRANT SELECT ON {} TO {}").format(table, role)
    else:
        named = sql.SQL(", ").join(sql.Identifier(column) for column in columns)
        grant = sql.SQL("GRANT SELECT, INSERT ({}) ON {} TO {}").format(named, table, role)
    return [sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role), grant, *_lock(model, role)]


def _lock(model: type[Model], role: sql.Identifier) -> list[sql.Composed]:
    """PostgreSQL lets only those lock a row who may change a column of it: one that cannot change.

    The trigger of such a table refuses another value.
    """
    column: str | None = getattr(model, "row_lock_column", None)
    if column is None:
        return []
    table = sql.Identifier(model._meta.db_table)
    return [sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(sql.Identifier(column), table, role)]
