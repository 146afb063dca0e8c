"""Gives every committed event its dense position, its leaf hash and its place in the Merkle tree.

Identity numbers become visible out of order and have holes. Each cycle reads what lies past the
highest number seen, and the holes. A hole is given up once every transaction that could still
fill it has ended: when the oldest running transaction (`pg_snapshot_xmin`) has reached a guard, a
transaction id assigned after the read that first passed the hole. A writer has its transaction id
before it draws a number (`xid` stands before `seq`), so whoever drew the hole's number is older
than the guard. No writer ever waits, and no long transaction holds others back.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.checkpoints import Sealer
from provenance.integrity.leadership import Pace, Stop
from provenance.integrity.merkle import CompactRange, Node

LOCK_ID = 0x7261676C_01
BATCH_EVENTS = 10_000


@dataclass
class Sequencer:
    """One leader's term: the holes it knows, each with its guard, live in memory only.

    A guard of None means that the hole was passed in this cycle and is guarded at its end.
    """

    holes: dict[int, int | None] = field(default_factory=dict)
    swept: bool = False

    def run(self, stop: Stop) -> None:
        pace = Pace(stop)
        sealer = Sealer(settings.LOG_SIGNING_KEY) if settings.LOG_SIGNING_KEY else None
        while not stop.requested:
            placed = self.cycle()
            if sealer:
                sealer.seal_if_due()
            if placed:
                pace.quicken()
            if placed < BATCH_EVENTS:
                pace.rest()

    def cycle(self) -> int:
        """Places what can be placed now; returns how many events that was."""
        if self.swept and not self.holes and not _has_unread_events():
            return 0
        with transaction.atomic():
            if not self.swept:
                self._sweep()
            placed = self._place_batch()
        self._guard_new_holes()
        return placed

    def _place_batch(self) -> int:
        # The oldest transaction is asked for before the events are read: what it had committed
        # by then, the later snapshot of the reading shows.
        oldest = _oldest_transaction()
        size, packed, highest, last_time = _locked_tree()
        rows = _read_events(highest, list(self.holes))
        self._forget_holes({seq for seq, _ in rows} if self.holes else set(), oldest)
        newest = max(highest, rows[-1][0]) if rows else highest
        self._note_holes(rows, highest, newest)
        if rows:
            tree = CompactRange.from_bytes(size, packed)
            _write_positions(rows, tree, last_time)
            _save_tree(tree, newest)
        return len(rows)

    def _forget_holes(self, filled: set[int], oldest: int) -> None:
        self.holes = {
            seq: guard
            for seq, guard in self.holes.items()
            if seq not in filled and (guard is None or guard > oldest)
        }

    def _note_holes(self, rows: list[tuple[int, bytes]], highest: int, newest: int) -> None:
        """The numbers up to the newest that were passed over in this cycle."""
        seen = {seq for seq, _ in rows if seq > highest}
        if len(seen) < newest - highest:
            self.holes |= {s: None for s in range(highest + 1, newest) if s not in seen}

    def _sweep(self) -> None:
        """A new leader looks once at every number that has no position: each may be a hole."""
        with driver_cursor() as cursor:
            cursor.execute(
                "SELECT missing FROM integrity_tree, generate_series(1, highest_seq) AS missing"
                " WHERE NOT EXISTS"
                " (SELECT FROM eventstore_position p WHERE p.seq = missing)"
            )
            self.holes = {row[0]: None for row in cursor.fetchall()}
        self.swept = True

    def _guard_new_holes(self) -> None:
        if None not in self.holes.values():
            return
        with driver_cursor() as cursor:
            # A transaction of its own, so that its id is newly assigned, after the read above.
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            ((guard,),) = cursor.fetchall()
        self.holes = {seq: guard if old is None else old for seq, old in self.holes.items()}


def sequence_everything() -> int:
    """Places every committed event; for commands and tests that run without the loop."""
    sequencer, total = Sequencer(), 0
    while placed := sequencer.cycle():
        total += placed
    return total


def _has_unread_events() -> bool:
    """Cheaper than a cycle, which locks a row: an idle log is asked this many times a second."""
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE((SELECT max(seq) FROM eventstore_event), 0) > highest_seq"
            " FROM integrity_tree"
        )
        ((unread,),) = cursor.fetchall()
        return bool(unread)


def _oldest_transaction() -> int:
    with driver_cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        ((oldest,),) = cursor.fetchall()
        return int(oldest)


def _locked_tree() -> tuple[int, bytes, int, datetime | None]:
    with driver_cursor() as cursor:
        cursor.execute(
            "SELECT size, compact_range, highest_seq, positioned_at"
            " FROM integrity_tree WHERE id = 1 FOR UPDATE"
        )
        ((size, packed, highest, last_time),) = cursor.fetchall()
        return size, bytes(packed), highest, last_time


def _read_events(highest: int, holes: list[int]) -> list[tuple[int, bytes]]:
    """The sequence numbers and bytes of the next events, holes that have filled among them.

    One statement, one snapshot: an event and one that it caused never show in the wrong order.
    Sorted here, where only pointers move: the database would spill the bytes of a batch to disk.
    """
    with driver_cursor() as cursor:
        cursor.execute(
            "(SELECT seq, canonical FROM eventstore_event WHERE seq > %s ORDER BY seq LIMIT %s)"
            " UNION ALL SELECT seq, canonical FROM eventstore_event WHERE seq = ANY(%s)",
            [highest, BATCH_EVENTS, holes],
            binary=True,
        )
        return sorted(cursor.fetchall(), key=itemgetter(0))


def _write_positions(
    rows: list[tuple[int, bytes]], tree: CompactRange, last_time: datetime | None
) -> None:
    first = tree.size
    leaves = [hashlib.sha256(b"\x00" + canonical).digest() for _, canonical in rows]
    nodes = tree.extend(leaves)
    with driver_cursor() as cursor:
        # Clocks go back; positions and their times never do.
        cursor.execute("SELECT greatest(clock_timestamp(), %s)", [last_time])
        (moment,) = cursor.fetchall()[0]
        with cursor.copy(
            "COPY eventstore_position (position, seq, leaf_hash, positioned_at)"
            " FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int8", "int8", "bytea", "timestamptz"])
            for position, ((seq, _), leaf) in enumerate(zip(rows, leaves, strict=True), first):
                copy.write_row((position, seq, leaf, moment))
        _write_nodes(cursor, nodes)
        cursor.execute("UPDATE integrity_tree SET positioned_at = %s WHERE id = 1", [moment])


def _write_nodes(cursor: psycopg.Cursor[Any], nodes: list[Node]) -> None:
    cursor.executemany(
        "INSERT INTO integrity_node (level, index, hash) VALUES (%s, %s, %s)",
        [(node.level, node.index, node.hash) for node in nodes],
    )


def _save_tree(tree: CompactRange, highest: int) -> None:
    with driver_cursor() as cursor:
        cursor.execute(
            "UPDATE integrity_tree SET size = %s, compact_range = %s, highest_seq = %s"
            " WHERE id = 1",
            [tree.size, tree.to_bytes(), highest],
        )
