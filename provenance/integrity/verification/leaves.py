"""Recomputes every leaf from its bytes, the tree from the leaves, and compares what is stored.

The log is streamed in batches, so that memory stays the same however long it is.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.merkle import BLOCK, STORED_LEVEL_STEP, CompactRange, Node
from provenance.integrity.verification.blobs import BlobCheck
from provenance.integrity.verification.blocks import Block, read_blocks
from provenance.integrity.verification.columns import COLUMNS, column_problem
from provenance.integrity.verification.findings import Progress, Report
from provenance.integrity.verification.relations import check_times
from provenance.integrity.verification.released import Accounted
from provenance.integrity.verification.signatures import SignedRoots
from provenance.integrity.verification.times import TimeCheck

BATCH = 256 * BLOCK
# The check of which progress is told.
LEAVES = "leaves, tree and columns"


@dataclass
class LeafCheck:
    """Goes through the log once, from position 0 to its size, growing its own tree.

    With `times`, what stands beside each event's bytes is checked in the same pass.
    """

    report: Report
    signed: SignedRoots
    blobs: BlobCheck
    times: TimeCheck | None = None
    released: Accounted = field(default_factory=Accounted)
    tree: CompactRange = field(default_factory=CompactRange)

    def run(self, size: int, progress: Progress) -> None:
        self.released.read()
        while self.tree.size < size:
            start, end = self.tree.size, min(self.tree.size + BATCH, size)
            leaves = self._leaves(start, end)
            self._grow(leaves)
            if len(leaves) < end - start:
                return  # a position is missing: what follows can no longer be placed
            progress(LEAVES, self.tree.size, size)
        self.report.root = self.tree.root()
        self._count_nodes(size)

    def _leaves(self, start: int, end: int) -> list[bytes]:
        """Up to the first position that is missing."""
        read = read_blocks(start, end, columns=self.times is not None)
        blocks = [(block.first, block.end, self._sound_leaves(block)) for block in read]
        self.blobs.check_noted()
        leaves: list[bytes] = []
        for first, last, sound in blocks:
            found = self._leaves_one_by_one(first, last) if sound is None else sound
            leaves += found
            if len(found) < last - first:
                break
        return leaves

    def _sound_leaves(self, block: Block) -> list[bytes] | None:
        """None where anything is in doubt. No other query may run meanwhile."""
        fit = True
        if self.times:
            # Asked first, and always: a block's times are compared with those before it.
            fit = self.times.fit(block.first, block.positioned, block.recorded)
            fit = block.leaves is not None and fit and block.columns_fit()
        if not fit or block.leaves is None:
            return None
        if not all(map(self.released.covers, block.emptied)):
            return None
        self.blobs.note_all(block.prefixed, block.position_of)
        return block.leaves

    def _leaves_one_by_one(self, start: int, end: int) -> list[bytes]:
        columns = self.times is not None
        if columns:
            check_times(self.report, start, end)
        return check_events(
            self.report, self.blobs, start, end, columns=columns, released=self.released
        )

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


def check_events(
    report: Report,
    blobs: BlobCheck,
    start: int,
    end: int,
    *,
    columns: bool = True,
    released: Accounted,
) -> list[bytes]:
    """The stored leaf hashes of `[start, end)`, up to the first position that is missing.

    Of an event whose bytes lie in an archive, the stored hash stands for them: the signed root
    covers it.
    """
    stored = _stored_leaves(start, end)
    found = _recomputed(report, blobs, stored, columns=columns)
    blobs.check_noted()
    for position, leaf in stored.items():
        if found[position] is None:
            if not released.covers(position):
                problem = "its bytes are gone, and no release accounts for that"
                report.add("leaves", problem, position)
        elif found[position] not in {leaf, b""}:
            report.add("leaves", "the bytes are not those that were hashed", position)
    if len(stored) < end - start:
        report.add("positions", "the position is missing", start + len(stored))
    return list(stored.values())


def _recomputed(
    report: Report, blobs: BlobCheck, stored: Collection[int], *, columns: bool
) -> dict[int, bytes | None]:
    """The leaf of each position: None where its bytes were emptied, b"" where the event is gone."""
    start = min(stored, default=0)
    found: dict[int, bytes | None] = {}
    rows = _stream(start, start + len(stored), columns=columns)
    for position, (canonical, *beside) in zip(stored, rows, strict=True):
        if canonical is None:
            report.add("leaves", "the event of this position is gone", position)
        if not canonical:
            found[position] = b"" if canonical is None else None
            continue
        found[position] = hashlib.sha256(b"\x00" + canonical).digest()
        blobs.note(position, canonical)
        if columns and (problem := column_problem(canonical, tuple(beside))):
            report.add("columns", problem, position)
    return found


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


def _stored_leaves(start: int, end: int) -> dict[int, bytes]:
    """By position, up to the first that is missing."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT position, leaf_hash FROM eventstore_position"
            " WHERE position >= %s AND position < %s ORDER BY position",
            [start, end],
            binary=True,
        )
        rows = cursor.fetchall()
    return dict(row for number, row in enumerate(rows, start) if row[0] == number)


def _stream(start: int, end: int, *, columns: bool) -> Iterator[tuple[Any, ...]]:
    """The bytes of each position, None where the event is gone, then its columns if asked for.

    The stream must be read to its end, and no other query may run in between.
    """
    wanted = [("canonical", "bytea"), *(COLUMNS.values() if columns else ())]
    names = ", ".join(said for said, _ in wanted)
    with (
        driver_cursor() as cursor,
        cursor.copy(
            f"COPY (SELECT {names} FROM eventstore_position AS p"  # noqa: S608  our own names
            " LEFT JOIN eventstore_event AS e USING (seq)"
            " WHERE p.position >= %s AND p.position < %s ORDER BY p.position)"
            " TO STDOUT (FORMAT BINARY)",
            [start, end],
        ) as copy,
    ):
        copy.set_types([kind for _, kind in wanted])
        yield from copy.rows()
