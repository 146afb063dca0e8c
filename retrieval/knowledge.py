"""Keeps what is known when: the rectangles of versions, and which of them are live."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from ingestion.catalogue import ERASED_TITLE
from retrieval.validity import EffectiveRange, KnownVersion, Withdrawal, effective_ranges

# Turns the rectangles that have come to count, or ceased to; an ended one never counts.
TURN = """
    UPDATE retrieval_validity SET live = NOT live
    WHERE live <> (known_to IS NULL
                   AND (effective_from IS NULL OR effective_from <= %(clock)s)
                   AND (effective_to IS NULL OR effective_to > %(clock)s))
      AND (%(documents)s::uuid[] IS NULL OR document_id = ANY(%(documents)s))
    RETURNING version_id, live
"""

# Of rectangles of one version that follow on each other and are alike, the first takes the end of
# the last; the others go.
JOIN_ALIKE = """
    WITH ordered AS (
        SELECT v.*, lag(known_to) OVER w IS DISTINCT FROM known_from
            OR (lag(effective_from) OVER w, lag(effective_to) OVER w, lag(chunks) OVER w)
                IS DISTINCT FROM (effective_from, effective_to, chunks) AS begins
        FROM retrieval_validity AS v WHERE document_id = %(document)s
        WINDOW w AS (PARTITION BY version_id ORDER BY known_from)
    ), numbered AS (
        SELECT *, count(*) FILTER (WHERE begins) OVER (
            PARTITION BY version_id ORDER BY known_from) AS run FROM ordered
    ), runs AS (
        SELECT version_id, run, min(known_from) AS known_from, max(known_from) AS last
        FROM numbered GROUP BY version_id, run HAVING count(*) > 1
    ), joined AS (
        UPDATE retrieval_validity AS v SET known_to = l.known_to, live = l.live
        FROM runs AS r JOIN retrieval_validity AS l
            ON l.version_id = r.version_id AND l.known_from = r.last
        WHERE v.version_id = r.version_id AND v.known_from = r.known_from
    )
    DELETE FROM retrieval_validity AS v USING runs AS r
    WHERE v.version_id = r.version_id AND v.known_from > r.known_from AND v.known_from <= r.last
"""


@dataclass(frozen=True)
class Rectangle:
    """What a row of `retrieval_validity` says beside the positions."""

    version_number: int
    collection: str
    effective: EffectiveRange
    chunks: int
    title: str | None
    source_uri: str | None
    metadata: str


def redraw(document_id: UUID, *, position: int) -> None:
    """Ends the document's rectangles that the event at `position` changed, and begins new ones.

    New ones are not live until `turn` says so.
    """
    wanted = _wanted(document_id)
    current = _current(document_id)
    _end([version for version, row in current.items() if wanted.get(version) != row], position)
    _begin(
        document_id,
        {version: row for version, row in wanted.items() if current.get(version) != row},
        position,
    )


def forget_words(document_id: UUID) -> None:
    """Empties the descriptions, and joins the rectangles that nothing but words told apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE retrieval_validity SET title = %s, source_uri = NULL, metadata = '{}'"
            " WHERE document_id = %s",
            [ERASED_TITLE, document_id],
        )
        cursor.execute(JOIN_ALIKE, {"document": document_id})


def turn(clock: datetime, documents: Sequence[UUID] | None) -> list[tuple[UUID, bool]]:
    """Marks live what counts at `clock`; returns the versions that turned, and to what.

    A version whose rectangle ended while it was live is among them. None means all documents.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TURN, {"clock": clock, "documents": None if documents is None else list(documents)}
        )
        return list(cursor.fetchall())


def settled_span(clock: datetime) -> tuple[datetime | None, datetime | None]:
    """The dates nearest to `clock`, on both sides, on which a version begins or ends to count."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT greatest({_nearest_dates('<=', 'DESC')}), least({_nearest_dates('>', 'ASC')})",
            {"clock": clock},
        )
        before, after = cursor.fetchone()
        return before, after


def _nearest_dates(relation: str, direction: str) -> str:
    """For each kind of date the nearest one, each found by its index."""
    return ", ".join(
        f"(SELECT {column} FROM retrieval_validity WHERE known_to IS NULL"  # noqa: S608
        f" AND {column} {relation} %(clock)s ORDER BY {column} {direction} LIMIT 1)"
        for column in ("effective_from", "effective_to")
    )


def _wanted(document_id: UUID) -> dict[UUID, Rectangle]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id, version_number, submitted_position, effective_from,"
            " effective_until, quarantined, collection, chunks, title, source_uri, metadata::text"
            " FROM ingestion_version WHERE document_id = %s AND indexed_position IS NOT NULL",
            [document_id],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT position, effective_from FROM retrieval_withdrawal WHERE document_id = %s",
            [document_id],
        )
        withdrawals = [Withdrawal(*row) for row in cursor.fetchall()]
    ranges = effective_ranges([KnownVersion(*row[:6]) for row in rows], withdrawals)
    return {
        row[0]: Rectangle(row[1], row[6], ranges[row[0]], *row[7:])
        for row in rows
        if row[0] in ranges
    }


def _current(document_id: UUID) -> dict[UUID, Rectangle]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id, version_number, collection, effective_from, effective_to,"
            " chunks, title, source_uri, metadata::text"
            " FROM retrieval_validity WHERE document_id = %s AND known_to IS NULL",
            [document_id],
        )
        return {
            row[0]: Rectangle(row[1], row[2], EffectiveRange(row[3], row[4]), *row[5:])
            for row in cursor.fetchall()
        }


def _end(versions: list[UUID], position: int) -> None:
    if not versions:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE retrieval_validity SET known_to = %s"
            " WHERE version_id = ANY(%s) AND known_to IS NULL",
            [position, versions],
        )


def _begin(document_id: UUID, rectangles: dict[UUID, Rectangle], position: int) -> None:
    if not rectangles:
        return
    values: list[dict[str, Any]] = [
        {
            "version_id": version_id,
            "known_from": position,
            "effective_from": row.effective.start,
            "effective_to": row.effective.end,
            "live": False,
            "document_id": document_id,
            "version_number": row.version_number,
            "collection": row.collection,
            "chunks": row.chunks,
            "title": row.title,
            "source_uri": row.source_uri,
            "metadata": orjson.loads(row.metadata),
        }
        for version_id, row in rectangles.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO retrieval_validity"
            " SELECT * FROM jsonb_populate_recordset(NULL::retrieval_validity, %s::jsonb)",
            [orjson.dumps(values).decode()],
        )
