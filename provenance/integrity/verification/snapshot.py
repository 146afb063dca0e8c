"""What a verification looks at: one snapshot of the log, and how long the tree says that it is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, transaction

from provenance.integrity.verification.findings import Report

T = TypeVar("T")
READ_ONLY = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


@contextmanager
def one_snapshot() -> Iterator[str | None]:
    """Yields a name by which other connections see the same; None in a caller's transaction.

    That is taken as it is, and nobody else sees into it.
    """
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if not begins:
            yield None
            return
        with connection.cursor() as cursor:
            cursor.execute(READ_ONLY)
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
        yield name


@contextmanager
def beside(snapshot: str | None, work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Does the work on another connection in that snapshot, while the block runs.

    Yields what waits for its answer; without a snapshot, that does the work.
    """
    if snapshot is None:
        yield work
        return
    with ThreadPoolExecutor(1, "verification") as pool:
        yield pool.submit(_do_in, snapshot, work).result


def _do_in(snapshot: str, work: Callable[[], T]) -> T:
    """In a thread, whose connection is its own."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(READ_ONLY)
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
            return work()
    finally:
        connection.close()


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
