"""Reads the log a block of positions at a time, and says of each whether all of its bytes are well.

That costs a fraction of going through the events one by one. It says nothing about what is wrong:
a block in doubt is read again, event by event.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from provenance.eventstore.canonical import MAX_EVENT_BYTES
from provenance.eventstore.driver import driver_cursor
from provenance.integrity.merkle import BLOCK
from provenance.integrity.verification.columns import COLUMNS, column_problem

STATEMENT = Path(__file__).with_name("blocks.sql").read_text(encoding="utf-8")
BYTES = {
    f"string_agg('\\x00'::bytea || canonical, '')"
    f" FILTER (WHERE octet_length(canonical) <= {MAX_EVENT_BYTES})": "bytea",
    "array_agg(octet_length(canonical))": "int4",
    "string_agg(leaf_hash, '')": "bytea",
}
# Parted text is read several times as fast as an array. A text that has the separator in it makes
# one part too many, which is no fit.
SEPARATOR = "\x1f"
BESIDE = {
    "string_agg(timestamptz_send(positioned_at), '')": "bytea",
    "string_agg(timestamptz_send(recorded_at), '')": "bytea",
} | {
    f"string_agg({said}, E'\\x1f')" if kind == "text" else f"array_agg({said})": kind
    for said, kind in COLUMNS.values()
}
KINDS = {"int4": "int4[]"}
HASH_BYTES = 32


@dataclass(frozen=True)
class Block:
    """The positions `[first, end)`: nothing but these two where one of them is incomplete.

    `prefixed` is each event's bytes behind a zero byte, with which RFC 6962 has a leaf begin.
    Times are microseconds.
    """

    first: int
    end: int
    prefixed: bytes = b""
    lengths: Sequence[int] = ()
    leaf_hashes: bytes = b""
    positioned: Sequence[int] = ()
    recorded: Sequence[int] = ()
    columns: Sequence[str | list[Any]] = ()

    @cached_property
    def leaves(self) -> list[bytes] | None:
        """Recomputed from the bytes; None if they are not all there, or not those once hashed.

        Where the bytes of an event were emptied, the stored hash stands for them.
        """
        if not self.lengths:
            return None
        sha256 = hashlib.sha256
        found = [sha256(self.prefixed[start:end]).digest() for start, end in self._bounds()]
        for number in self._emptied if len(self.leaf_hashes) == HASH_BYTES * len(found) else ():
            found[number] = self.leaf_hashes[HASH_BYTES * number : HASH_BYTES * (number + 1)]
        return found if b"".join(found) == self.leaf_hashes else None

    @property
    def emptied(self) -> list[int]:
        """The positions whose bytes are not here."""
        return [self.first + number for number in self._emptied]

    def columns_fit(self) -> bool:
        """Of what has its bytes."""
        events = (self.prefixed[start + 1 : end] for start, end in self._bounds())
        columns = [_parted(each) for each in self.columns]
        if any(len(each) != len(self.lengths) for each in columns):
            return False
        rows = zip(*columns, strict=True)
        if self._emptied:
            said = [(event, row) for event, row in zip(events, rows, strict=True) if event]
            return not any(column_problem(event, row) for event, row in said)
        return not any(map(column_problem, events, rows))

    @cached_property
    def _emptied(self) -> list[int]:
        return [number for number, length in enumerate(self.lengths) if not length]

    def position_of(self, offset: int) -> int:
        """The position whose bytes hold the offset in `prefixed`."""
        return self.first + next(n for n, (_, end) in enumerate(self._bounds()) if offset < end)

    def _bounds(self) -> Iterator[tuple[int, int]]:
        return pairwise(accumulate((length + 1 for length in self.lengths), initial=0))


def read_blocks(start: int, end: int, *, columns: bool) -> Iterator[Block]:
    """Requires `start % BLOCK == 0`. An incomplete block comes without bytes.

    The stream must be read to its end, and no other query may run in between.
    """
    wanted = BYTES | (BESIDE if columns else {})
    statement = STATEMENT.replace("{columns}", ", ".join(wanted))
    parameters = {"start": start, "end": end, "block": BLOCK}
    with driver_cursor() as cursor, cursor.copy(statement, parameters) as copy:
        copy.set_types(
            ["int8", *("int4[]" if kind == "int4" else kind for kind in wanted.values())]
        )
        for row in copy.rows():
            yield _block(min(row[0] + BLOCK, end), *row)


def _block(end: int, first: int, *row: Any) -> Block:
    prefixed, lengths, leaf_hashes, *beside = row
    there = [length for length in lengths or () if length is not None]
    if len(there) < end - first or len(prefixed or b"") != sum(there) + len(there):
        return Block(first, end)
    block = Block(first, end, prefixed, there, leaf_hashes)
    if not beside:
        return block
    positioned, recorded = (struct.unpack(f">{len(there)}q", each) for each in beside[:2])
    return replace(block, positioned=positioned, recorded=recorded, columns=beside[2:])


def _parted(column: str | list[Any]) -> list[Any]:
    return column.split(SEPARATOR) if isinstance(column, str) else column
