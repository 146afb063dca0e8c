"""How much of the log was sealed at each of many moments."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection


def sealed_sizes(moments: Sequence[datetime]) -> list[int]:
    """The events under the newest checkpoint at each moment; one read of an index for each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE((SELECT size FROM integrity_checkpoint WHERE sealed_at <= moment"
            " ORDER BY sealed_at DESC LIMIT 1), 0)"
            " FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS asked (moment, number)"
            " ORDER BY number",
            [list(moments)],
        )
        return [row[0] for row in cursor.fetchall()]
