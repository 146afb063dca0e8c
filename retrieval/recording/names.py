"""The names of applications and models that occur, found without reading each output.

There are few of them among very many outputs: the index is asked for the next name after each.
"""

from django.db import connection
from psycopg import sql

from provenance.accounts.access import Principal
from retrieval.recording.models import InteractionOutput
from retrieval.recording.queries import visible_outputs

OCCURRING = sql.SQL("""
    WITH RECURSIVE occurring (name) AS (
        SELECT min({column}) FROM {outputs}
        UNION ALL
        SELECT (SELECT min({column}) FROM {outputs} WHERE {column} > occurring.name)
        FROM occurring WHERE occurring.name IS NOT NULL
    )
    SELECT name FROM occurring WHERE name <> ''
""")


def applications(principal: Principal) -> list[str]:
    """The names of the applications whose outputs the principal may read."""
    return _names("application", principal)


def models(principal: Principal) -> list[str]:
    """The names of the models that made the outputs which the principal may read."""
    return _names("model", principal)


def _names(column: str, principal: Principal) -> list[str]:
    if principal.collections is None and principal.reads_all_applications:
        return sorted(_occurring(column))
    found = visible_outputs(principal).values_list(column, flat=True).distinct()
    return sorted(filter(None, found))


def _occurring(column: str) -> list[str]:
    outputs = sql.Identifier(InteractionOutput._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(OCCURRING.format(column=sql.Identifier(column), outputs=outputs))
        return [name for (name,) in cursor.fetchall()]
