"""The Merkle tree of RFC 6962, section 2.1: hashes and the compact range that grows it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
# Perfect-subtree roots are stored at every eighth level; the levels between are recomputed from at
# most 256 children, so that a proof reads O(log n) rows and an append writes n/255 of them.
STORED_LEVEL_STEP = 8
BLOCK = 1 << STORED_LEVEL_STEP


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes, level by level."""
    sha256 = hashlib.sha256
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


@dataclass(frozen=True)
class Node:
    """The root of the perfect subtree over leaves `[index << level, (index + 1) << level)`."""

    level: int
    index: int
    hash: bytes


@dataclass
class CompactRange:
    """The roots of the perfect subtrees that make up a tree of `size` leaves, largest first."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Sequence[bytes]) -> list[Node]:
        """Appends leaf hashes and returns the nodes to be stored that they complete."""
        completed: list[Node] = []
        done = 0
        while done < len(leaves):
            whole = self.size % BLOCK == 0 and len(leaves) - done >= BLOCK
            if whole:
                block = leaves[done : done + BLOCK]
                self._add(STORED_LEVEL_STEP, perfect_root(block), completed)
            else:
                self._add(0, leaves[done], completed)
            done += BLOCK if whole else 1
        return completed

    def _add(self, level: int, node: bytes, completed: list[Node]) -> None:
        """Appends a perfect subtree. Requires `size % (1 << level) == 0`."""
        self.size += 1 << level
        index = (self.size >> level) - 1
        while True:
            if level and level % STORED_LEVEL_STEP == 0:
                completed.append(Node(level, index, node))
            if not index & 1:
                self.roots.append(node)
                return
            node = hashlib.sha256(b"\x01" + self.roots.pop() + node).digest()
            level, index = level + 1, index >> 1

    def root(self) -> bytes:
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for node in reversed(self.roots[:-1]):
            root = node_hash(node, root)
        return root

    def to_bytes(self) -> bytes:
        return b"".join(self.roots)

    @classmethod
    def from_bytes(cls, size: int, packed: bytes) -> "CompactRange":
        """Requires `len(packed) == 32 * popcount(size)`."""
        if len(packed) != HASH_BYTES * size.bit_count():
            raise ValueError(f"{len(packed)} bytes cannot be the compact range of {size} leaves.")
        steps = range(0, len(packed), HASH_BYTES)
        return cls(size, [packed[start : start + HASH_BYTES] for start in steps])
