"""The tree against RFC 6962's definition and the vectors of transparency-dev/merkle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.integrity.merkle import (
    EMPTY_ROOT,
    STORED_LEVEL_STEP,
    CompactRange,
    Node,
    leaf_hash,
)
from tests.integrity.naive_tree import naive_root

INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_equal_the_published_vectors(size: int) -> None:
    tree = CompactRange()
    tree.extend([leaf_hash(data) for data in INPUTS[:size]])
    assert tree.root().hex() == ROOTS[size]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert CompactRange().root() == EMPTY_ROOT


@given(st.lists(st.integers(0, 600), max_size=4), st.integers(0, 255))
def test_any_batches_give_the_root_of_the_definition(sizes: list[int], seed: int) -> None:
    leaves = [leaf_hash(bytes([seed]) + n.to_bytes(4)) for n in range(sum(sizes))]
    tree, start = CompactRange(), 0
    nodes: list[Node] = []
    for size in sizes:
        nodes += tree.extend(leaves[start : start + size])
        tree = CompactRange.from_bytes(tree.size, tree.to_bytes())
        start += size
    assert tree.root() == naive_root(leaves)
    width = 1 << STORED_LEVEL_STEP
    assert nodes == [
        Node(STORED_LEVEL_STEP, index, naive_root(leaves[index * width : (index + 1) * width]))
        for index in range(len(leaves) // width)
    ]


def test_a_node_of_the_second_stored_level_covers_all_its_leaves() -> None:
    leaves = [leaf_hash(n.to_bytes(4)) for n in range(1 << 16)]
    nodes = CompactRange().extend(leaves)
    assert nodes[-1] == Node(16, 0, naive_root(leaves))


def test_a_compact_range_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be the compact range"):
        CompactRange.from_bytes(3, bytes(32))
