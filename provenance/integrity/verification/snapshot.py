"""What a verification looks at: one snapshot of the log, and how long the tree says that it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from provenance.integrity.verification.findings import Report


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A caller's transaction is taken as it is."""
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def tree_size(report: Report) -> int:
    """The size that the tree says; positions beyond it are wrong."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.size, (SELECT COALESCE(max(position), -1) + 1 FROM eventstore_position),"
            " (SELECT count(*) FROM eventstore_event e WHERE e.seq > t.highest_seq)"
            " FROM integrity_tree AS t WHERE id = 1"
        )
        size, positions, report.waiting = cursor.fetchone() or (0, 0, 0)
    if positions != size:
        report.add(
            "positions",
            f"the tree has {size} leaves, and the last position is {positions - 1}",
            min(size, positions),
            max(size, positions) - 1,
        )
    return int(size)
