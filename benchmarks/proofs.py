"""A proof among a million leaves, which stand for no events: a proof reads hashes only."""

from collections.abc import Iterator

from django.db import connections

from benchmarks.harness import Figure, median_milliseconds
from benchmarks.scale import amount
from benchmarks.servers import database_only
from provenance.eventstore.driver import driver_cursor
from provenance.integrity import tree
from provenance.integrity.merkle import CompactRange

LEAVES, LEAVES_AT_ONCE, PROOFS = 1_000_000, 65_536, 50


def figures() -> Iterator[Figure]:
    with database_only():
        yield _proof(amount(LEAVES))


def _proof(size: int) -> Figure:
    with driver_cursor() as cursor:
        cursor.execute(
            "INSERT INTO eventstore_position (position, seq, leaf_hash, positioned_at)"
            " SELECT n, n + 1, sha256(n::text::bytea), now() FROM generate_series(0, %s - 1) AS n",
            [size],
        )
    _store_nodes(size)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE eventstore_position, integrity_node")
    numbers = iter(range(0, size, max(1, size // (PROOFS + 1))))
    found = median_milliseconds(lambda: tree.inclusion_proof(next(numbers), size), times=PROOFS)
    return Figure(f"proof of one of {size:,} leaves", "inclusion", found, "ms", at_most=10)


def _store_nodes(size: int) -> None:
    grown = CompactRange()
    for start in range(0, size, LEAVES_AT_ONCE):
        with driver_cursor() as cursor:
            cursor.execute(
                "SELECT leaf_hash FROM eventstore_position WHERE position >= %s AND position < %s"
                " ORDER BY position",
                [start, start + LEAVES_AT_ONCE],
                binary=True,
            )
            nodes = grown.extend([leaf for (leaf,) in cursor.fetchall()])
            cursor.executemany(
                "INSERT INTO integrity_node (level, index, hash) VALUES (%s, %s, %s)",
                [(node.level, node.index, node.hash) for node in nodes],
            )
