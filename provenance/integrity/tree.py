"""Reads the stored tree: roots and proofs of any size, in a few range reads of 256 hashes each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from provenance.eventstore.driver import driver_cursor
from provenance.integrity.errors import NodeMissing
from provenance.integrity.merkle import EMPTY_ROOT, STORED_LEVEL_STEP, node_hash, perfect_root
from provenance.integrity.proofs import (
    Range,
    Subtree,
    consistency_ranges,
    inclusion_ranges,
    perfect_subtrees,
)


def root(size: int) -> bytes:
    """The root of the first `size` leaves. Raises NodeMissing."""
    return range_hashes([(0, size)])[0] if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int) -> list[bytes]:
    """From the leaf up. Requires `0 <= index < size <= leaves`. Raises NodeMissing."""
    return inclusion_proofs([index], size)[0]


def inclusion_proofs(indexes: Sequence[int], size: int) -> list[list[bytes]]:
    """The proofs of many leaves, read together. Raises NodeMissing."""
    paths = [inclusion_ranges(index, size) for index in indexes]
    hashes = iter(range_hashes([part for path in paths for part in path]))
    return [[next(hashes) for _ in path] for path in paths]


def consistency_proof(first: int, second: int) -> list[bytes]:
    """Requires `0 <= first <= second <= leaves`. Raises NodeMissing."""
    return range_hashes(consistency_ranges(first, second)) if first else []


def range_hashes(ranges: Sequence[Range]) -> list[bytes]:
    """The Merkle tree hash of each range of a proof. Raises NodeMissing."""
    parts = [perfect_subtrees(start, end) for start, end in ranges]
    known = _subtree_hashes({subtree for each in parts for subtree in each})
    return [_joined([known[subtree] for subtree in each]) for each in parts]


def _joined(hashes: Sequence[bytes]) -> bytes:
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node_hash(left, found)
    return found


def _subtree_hashes(wanted: Iterable[Subtree]) -> dict[Subtree, bytes]:
    """Perfect subtrees, each folded from the stored nodes of the level at or below it."""
    by_level: dict[int, list[Subtree]] = defaultdict(list)
    for level, index in wanted:
        by_level[level - level % STORED_LEVEL_STEP].append((level, index))
    found = {}
    for stored, subtrees in by_level.items():
        children = {
            (level, index): range(index << level - stored, index + 1 << level - stored)
            for level, index in subtrees
        }
        hashes = _stored_hashes(stored, {n for each in children.values() for n in each})
        for subtree, numbers in children.items():
            found[subtree] = perfect_root([hashes[number] for number in numbers])
    return found


def _stored_hashes(level: int, indexes: set[int]) -> dict[int, bytes]:
    statement = (
        "SELECT index, hash FROM integrity_node WHERE level = %s AND index = ANY(%s)"
        if level
        else "SELECT position, leaf_hash FROM eventstore_position"
        " WHERE %s = 0 AND position = ANY(%s)"
    )
    with driver_cursor() as cursor:
        cursor.execute(statement, [level, list(indexes)], binary=True)
        found = dict(cursor.fetchall())
    if missing := indexes - found.keys():
        raise NodeMissing(level, min(missing))
    return found
