"""Proofs against RFC 6962's definition, the published vectors, and every small change."""

import base64
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.integrity.merkle import leaf_hash
from provenance.integrity.proofs import (
    consistency_ranges,
    inclusion_ranges,
    perfect_subtrees,
    verify_consistency,
    verify_inclusion,
)
from tests.integrity.naive_tree import naive_consistency, naive_inclusion, naive_root

LEAVES = [leaf_hash(n.to_bytes(4)) for n in range(130)]
sizes = st.integers(1, len(LEAVES))


def hashes_of(ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    return [naive_root(LEAVES[start:end]) for start, end in ranges]


@given(st.data())
def test_an_inclusion_proof_is_that_of_the_definition_and_verifies(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    proof = hashes_of(inclusion_ranges(index, size))
    assert proof == naive_inclusion(index, LEAVES[:size])
    root = naive_root(LEAVES[:size])
    assert verify_inclusion(index=index, size=size, leaf=LEAVES[index], proof=proof, root=root)


@given(st.data())
def test_no_other_leaf_place_size_or_hash_is_proved(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    proof = naive_inclusion(index, LEAVES[:size])
    root = naive_root(LEAVES[:size])
    other = data.draw(st.integers(0, size).filter(lambda n: n != index))

    def verifies(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> bool:
        return verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=root)

    assert not verifies(other, size, LEAVES[index], proof, root)
    assert not verifies(index, size, leaf_hash(b"another"), proof, root)
    assert not verifies(index, size, LEAVES[index], [*proof, root], root)
    if proof:
        changed = data.draw(st.integers(0, len(proof) - 1))
        flipped = bytes([proof[changed][0] ^ 1]) + proof[changed][1:]
        assert not verifies(
            index, size, LEAVES[index], [*proof[:changed], flipped, *proof[changed + 1 :]], root
        )
        assert not verifies(index, size, LEAVES[index], proof[:-1], root)
        assert not verifies(index, size, LEAVES[index], [proof[0][:31], *proof[1:]], root)


@given(st.data())
def test_a_consistency_proof_is_that_of_the_definition_and_verifies(data: st.DataObject) -> None:
    second = data.draw(sizes)
    first = data.draw(st.integers(1, second))
    proof = hashes_of(consistency_ranges(first, second))
    assert proof == naive_consistency(first, LEAVES[:second])
    roots = naive_root(LEAVES[:first]), naive_root(LEAVES[:second])

    def verifies(first: int, second: int, old: bytes, new: bytes, proof: list[bytes]) -> bool:
        return verify_consistency(
            first=first, second=second, first_root=old, second_root=new, proof=proof
        )

    assert verifies(first, second, *roots, proof)
    assert not verifies(first, second, leaf_hash(b"another"), roots[1], proof)
    assert not verifies(first, second, roots[0], leaf_hash(b"another"), proof)
    assert not verifies(first, second, *roots, [*proof, roots[1]])
    if proof:
        changed = data.draw(st.integers(0, len(proof) - 1))
        flipped = bytes([proof[changed][0] ^ 1]) + proof[changed][1:]
        assert not verifies(
            first, second, *roots, [*proof[:changed], flipped, *proof[changed + 1 :]]
        )
        assert not verifies(first, second, *roots, proof[:-1])


def test_every_range_of_a_proof_is_made_of_subtrees_that_cover_it() -> None:
    for size in range(1, 70):
        for index in range(size):
            for start, end in inclusion_ranges(index, size):
                covered = [
                    leaf
                    for level, number in perfect_subtrees(start, end)
                    for leaf in range(number << level, (number + 1) << level)
                ]
                assert covered == list(range(start, end))


def test_what_no_tree_has_is_refused() -> None:
    for ranges, numbers in ((inclusion_ranges, (3, 3)), (consistency_ranges, (0, 3))):
        with pytest.raises(ValueError, match="tree of"):
            ranges(*numbers)
    assert verify_consistency(
        first=0, second=3, first_root=bytes(32), second_root=bytes(32), proof=[]
    )
    assert not verify_consistency(
        first=4, second=3, first_root=bytes(32), second_root=bytes(32), proof=[]
    )


# From transparency-dev/merkle: the eight leaves of test_merkle.py.
ROOT_8 = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
ROOT_6 = "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"


def test_the_published_proofs_verify() -> None:
    inclusion = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert verify_inclusion(
        index=5,
        size=8,
        leaf=bytes.fromhex("4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658"),
        proof=[bytes.fromhex(each) for each in inclusion],
        root=bytes.fromhex(ROOT_8),
    )
    consistency = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        *inclusion[1:],
    ]
    assert verify_consistency(
        first=6,
        second=8,
        first_root=bytes.fromhex(ROOT_6),
        second_root=bytes.fromhex(ROOT_8),
        proof=[bytes.fromhex(each) for each in consistency],
    )


def test_a_proof_of_more_than_a_hash_is_no_hash() -> None:
    leaf = base64.b64decode("vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=")
    assert not verify_inclusion(index=0, size=2, leaf=leaf, proof=[leaf + b"\0"], root=leaf)
