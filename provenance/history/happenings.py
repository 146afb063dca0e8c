"""What happened to what is searchable, counted between positions."""

from collections.abc import Sequence

from django.db import connection

Counts = tuple[int, int, int]

COUNTED = """
    WITH happened AS (
        SELECT indexed_position AS position, 1 AS began, 0 AS ended, 0 AS doubted
        FROM ingestion_version
        WHERE indexed_position IS NOT NULL
          AND (%(collections)s::text[] IS NULL OR collection = ANY(%(collections)s))
        UNION ALL
        SELECT w.position, 0, 1, 0
        FROM retrieval_withdrawal AS w JOIN ingestion_document AS d USING (document_id)
        WHERE %(collections)s::text[] IS NULL OR d.collection = ANY(%(collections)s)
        UNION ALL
        SELECT q.position, 0, 0, 1
        FROM history_quarantine AS q JOIN ingestion_version AS v USING (version_id)
        WHERE %(collections)s::text[] IS NULL OR v.collection = ANY(%(collections)s)
    )
    SELECT width_bucket(position - 1, %(edges)s::bigint[]) AS slot,
        sum(began), sum(ended), sum(doubted)
    FROM happened GROUP BY slot
"""


def happenings(edges: Sequence[int], *, collections: Sequence[str] | None) -> list[Counts]:
    """Versions made searchable, documents withdrawn or erased, versions put in quarantine.

    Three counts between neighbours, for each `edges[i] < position <= edges[i + 1]`; edges ascend.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTED,
            {
                "edges": list(edges),
                "collections": None if collections is None else list(collections),
            },
        )
        found: dict[int, Counts] = {
            slot: (int(began), int(ended), int(doubted))
            for slot, began, ended, doubted in cursor.fetchall()
        }
    return [found.get(slot, (0, 0, 0)) for slot in range(1, len(edges))]
