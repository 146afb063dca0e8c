"""Inclusion and consistency proofs of RFC 6962, section 2.1: which subtrees, and how to verify.

A proof is a list of hashes of ranges of leaves. Here those ranges are found without any hash;
`tree.py` reads the hashes. Verification follows RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from collections.abc import Sequence
from itertools import takewhile

from provenance.integrity.merkle import HASH_BYTES, node_hash

Range = tuple[int, int]  # leaves `[start, end)`
Subtree = tuple[int, int]  # (level, index): leaves `[index << level, (index + 1) << level)`


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove a leaf, from the leaf up. Requires `0 <= index < size`."""
    if not 0 <= index < size:
        raise ValueError(f"Leaf {index} is not in a tree of {size}.")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The ranges that prove one tree a prefix of another. Requires `0 < first <= second`."""
    if not 0 < first <= second:
        raise ValueError(f"A tree of {first} leaves is no prefix of one of {second}.")
    start, end, path = 0, second, []
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:  # the verifier does not know this part of the smaller tree yet
        path.append((start, end))
    return path[::-1]


def surrounding_ranges(first: int, end: int, size: int) -> list[Range]:
    """The ranges whose hashes lead from the leaves `[first, end)` to the root, left to right.

    Requires `0 <= first < end <= size`.
    """
    if not 0 <= first < end <= size:
        raise ValueError(f"The leaves {first} to {end} are not in a tree of {size}.")
    pending, found = [(0, size)], []
    while pending:
        start, stop = pending.pop()
        if stop <= first or start >= end:
            found.append((start, stop))
        elif start < first or stop > end:
            middle = start + _split(stop - start)
            pending += [(middle, stop), (start, middle)]
    return found


def perfect_subtrees(start: int, end: int) -> list[Subtree]:
    """The largest perfect subtrees that make up a range of a proof, left to right."""
    subtrees = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        subtrees.append((level, start >> level))
        start += 1 << level
    return subtrees


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the leaf with this hash is the one at `index` of the tree with this root."""
    if not 0 <= index < size or not _are_hashes([leaf, root, *proof]):
        return False
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            climbed = _trailing_zeros(node)
            node, last = node >> climbed, last >> climbed
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `first` leaves is a prefix of that of `second`; the empty tree always."""
    if not 0 <= first <= second or not _are_hashes([first_root, second_root, *proof]):
        return False
    if first in {0, second}:
        return not proof and (first == 0 or first_root == second_root)
    hashes = list(proof)
    if first & (first - 1) == 0:
        hashes.insert(0, first_root)
    if not hashes:
        return False
    shared = sum(1 for _ in takewhile(lambda bit: first - 1 >> bit & 1, range(first.bit_length())))
    node, last = first - 1 >> shared, second - 1 >> shared
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            climbed = _trailing_zeros(node)
            node, last = node >> climbed, last >> climbed
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(width: int) -> int:
    """The largest power of two below `width`. Requires `width >= 2`."""
    return 1 << ((width - 1).bit_length() - 1)


def _trailing_zeros(node: int) -> int:
    """By how many levels a right-edge node without siblings climbs before it meets one."""
    return (node & -node).bit_length() - 1 if node else 0


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
