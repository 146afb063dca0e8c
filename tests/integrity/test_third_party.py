"""Another library's Merkle tree over the same bytes agrees with ours, and accepts our roots."""

import pytest
from pymerkle import (  # type: ignore[import-untyped]
    InmemoryTree,
    verify_consistency,
    verify_inclusion,
)

from provenance.integrity import proofs, tree
from tests.integrity.test_tree import canonical, fill

SIZE = 300
SIZES = (1, 2, 3, 7, 8, 255, 256, 257, SIZE)

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs() -> InmemoryTree:
    """Both trees hold the same events; theirs counts from 1."""
    fill(SIZE)
    other = InmemoryTree(algorithm="sha256")
    for number in range(1, SIZE + 1):
        other.append_entry(canonical(number))
    return other


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_inclusion_proofs_are_the_same(theirs: InmemoryTree, size: int) -> None:
    root = tree.root(size)
    assert theirs.get_root(size) == root
    for index in {0, size // 2, size - 1}:
        leaf, proof = theirs.get_leaf(index + 1), theirs.prove_inclusion(index + 1, size)
        verify_inclusion(leaf, root, proof)
        ours = tree.inclusion_proof(index, size)
        assert {bytes.fromhex(each) for each in proof.serialize()["path"]} - {leaf} == set(ours)
        assert proofs.verify_inclusion(
            index=index, size=size, leaf=leaf, proof=ours, root=theirs.get_root(size)
        )


@pytest.mark.parametrize("size", SIZES[:-1])
def test_consistency_is_the_same(theirs: InmemoryTree, size: int) -> None:
    first, second = tree.root(size), tree.root(SIZE)
    verify_consistency(first, second, theirs.prove_consistency(size, SIZE))
    assert proofs.verify_consistency(
        first=size,
        second=SIZE,
        first_root=theirs.get_root(size),
        second_root=theirs.get_root(SIZE),
        proof=tree.consistency_proof(size, SIZE),
    )
