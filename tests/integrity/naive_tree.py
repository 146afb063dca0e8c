"""The tree, its roots and its proofs as RFC 6962 defines them, word for word and slowly."""

import hashlib

from provenance.integrity.merkle import node_hash

Hashes = list[bytes]


def naive_root(leaves: Hashes) -> bytes:
    """MTH of section 2.1, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = split(len(leaves))
    return node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


def naive_inclusion(index: int, leaves: Hashes) -> Hashes:
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    half = split(len(leaves))
    if index < half:
        return [*naive_inclusion(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_inclusion(index - half, leaves[half:]), naive_root(leaves[:half])]


def naive_consistency(first: int, leaves: Hashes, *, whole: bool = True) -> Hashes:
    """PROOF and SUBPROOF of section 2.1.2."""
    if first == len(leaves):
        return [] if whole else [naive_root(leaves)]
    half = split(len(leaves))
    if first <= half:
        return [*naive_consistency(first, leaves[:half], whole=whole), naive_root(leaves[half:])]
    return [
        *naive_consistency(first - half, leaves[half:], whole=False),
        naive_root(leaves[:half]),
    ]


def split(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)
