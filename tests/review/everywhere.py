"""Searches every text of every table for words, as somebody with the whole database would."""

from django.db import connections


def places_of(words: str) -> list[str]:
    """`table.column` of every column that holds the words, plain or in JSON, as text or bytes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
        )
        columns = [row for row in cursor.fetchall() if row[2] in SEARCHED]
        return [
            f"{table}.{column}"
            for table, column, kind in columns
            if _holds(cursor, table, column, kind, words)
        ]


SEARCHED = frozenset({"text", "character varying", "bytea", "json", "jsonb", "ARRAY", "tsvector"})


def _holds(cursor: object, table: str, column: str, kind: str, words: str) -> bool:
    sought = (
        f'position(%s::bytea IN "{column}") > 0'
        if kind == "bytea"
        else f"strpos(lower(\"{column}\"::text), lower(convert_from(%s::bytea, 'UTF8'))) > 0"
    )
    cursor.execute(  # type: ignore[attr-defined]
        f'SELECT EXISTS (SELECT FROM "{table}" WHERE {sought})',  # noqa: S608
        [words.encode()],
    )
    return bool(cursor.fetchone()[0])  # type: ignore[attr-defined]
