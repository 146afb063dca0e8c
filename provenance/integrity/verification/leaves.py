"""Recomputes every leaf from its bytes, the tree from the leaves, and compares what is stored.

The log is streamed in batches, so that memory stays the same however long it is.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.merkle import STORED_LEVEL_STEP, CompactRange, Node
from provenance.integrity.verification.blobs import BlobCheck
from provenance.integrity.verification.findings import Progress, Report
from provenance.integrity.verification.signatures import SignedRoots

BATCH = 20_000


@dataclass
class LeafCheck:
    """Goes through the positions of the log once, from 0 to its size, growing its own tree."""

    report: Report
    signed: SignedRoots
    blobs: BlobCheck
    tree: CompactRange = field(default_factory=CompactRange)

    def run(self, size: int, progress: Progress) -> None:
        while self.tree.size < size:
            if not self._check_batch(self.tree.size, min(self.tree.size + BATCH, size)):
                return
            progress("leaves and tree", self.tree.size, size)
        self.report.root = self.tree.root()
        self._count_nodes(size)

    def _check_batch(self, start: int, end: int) -> bool:
        """False where a position is missing: what follows can no longer be placed."""
        leaves = check_leaves(self.report, self.blobs, start, end)
        self._grow(leaves)
        return len(leaves) == end - start

    def _grow(self, leaves: Sequence[bytes]) -> None:
        """Extends the tree from one signed size to the next, and compares each root and node."""
        nodes, done, start = [], 0, self.tree.size
        for size in self.signed.sizes_between(start + 1, start + len(leaves)):
            nodes += self.tree.extend(leaves[done : size - start])
            done = size - start
            self.signed.compare(size, self.tree.root())
        nodes += self.tree.extend(leaves[done:])
        compare_nodes(self.report, nodes)

    def _count_nodes(self, size: int) -> None:
        with driver_cursor() as cursor:
            cursor.execute("SELECT count(*) FROM integrity_node")
            (count,) = cursor.fetchall()[0]
        levels = range(STORED_LEVEL_STEP, size.bit_length() + 1, STORED_LEVEL_STEP)
        wanted = sum(size >> level for level in levels)
        if count != wanted:
            self.report.add("tree", f"{count} nodes are stored where {wanted} belong")


def check_leaves(report: Report, blobs: BlobCheck, start: int, end: int) -> list[bytes]:
    """The stored leaf hashes of `[start, end)`, up to the first position that is missing."""
    leaves: list[bytes] = []
    for position, leaf, canonical in _stream(start, end):
        if position != start + len(leaves):
            continue  # a stream that is left before its end would break the transaction
        if canonical is None:
            report.add("leaves", "the event of this position is gone", position)
        else:
            if hashlib.sha256(b"\x00" + canonical).digest() != leaf:
                report.add("leaves", "the bytes are not those that were hashed", position)
            blobs.note(position, canonical)
        leaves.append(leaf)
    blobs.check_noted()
    if len(leaves) < end - start:
        report.add("positions", "the position is missing", start + len(leaves))
    return leaves


def compare_nodes(report: Report, nodes: Sequence[Node]) -> None:
    """Compares recomputed nodes with those that are stored."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT w.level, w.index, n.hash FROM unnest(%s::smallint[], %s::bigint[])"
            " AS w (level, index) LEFT JOIN integrity_node AS n USING (level, index)",
            [[node.level for node in nodes], [node.index for node in nodes]],
            binary=True,
        )
        stored = {(level, index): value for level, index, value in cursor.fetchall()}
    for node in nodes:
        if stored[node.level, node.index] != node.hash:
            report.add(
                "tree",
                f"the stored node {node.level}/{node.index} is not that of its leaves",
                node.index << node.level,
                ((node.index + 1) << node.level) - 1,
            )


def _stream(start: int, end: int) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Position, stored leaf hash and bytes; no other query may run in between."""
    with (
        driver_cursor() as cursor,
        cursor.copy(
            "COPY (SELECT p.position, p.leaf_hash, e.canonical FROM eventstore_position AS p"
            " LEFT JOIN eventstore_event AS e USING (seq)"
            " WHERE p.position >= %s AND p.position < %s ORDER BY p.position)"
            " TO STDOUT (FORMAT BINARY)",
            [start, end],
        ) as copy,
    ):
        copy.set_types(["int8", "bytea", "bytea"])
        yield from copy.rows()
