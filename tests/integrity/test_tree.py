"""Roots and proofs from the stored tree, at sizes around its stored levels."""

import hashlib

import pytest
from django.db import connection, connections

from provenance.integrity import tree
from provenance.integrity.errors import NodeMissing
from provenance.integrity.proofs import verify_consistency, verify_inclusion
from provenance.integrity.sequencer import sequence_everything
from tests.integrity.naive_tree import naive_consistency, naive_inclusion, naive_root

SIZE = 70_000
CHOSEN = (1, 2, 255, 256, 257, 511, 1000, 65_535, 65_536, 65_537, 69_999, SIZE)


@pytest.fixture(scope="module")
def leaves() -> list[bytes]:
    return [hashlib.sha256(b"\x00" + canonical(number)).digest() for number in range(1, SIZE + 1)]


def canonical(number: int) -> bytes:
    return b"event %d" % number


def fill(events: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO eventstore_event"
            " (event_id, stream, stream_version, type, recorded_at, canonical)"
            " SELECT gen_random_uuid(), 'filling-' || n, 1, 'Filling', now(),"
            " convert_to('event ' || n, 'UTF8') FROM generate_series(1, %s) AS n ORDER BY n",
            [events],
        )
    sequence_everything()


@pytest.mark.django_db
def test_roots_and_proofs_of_any_size_are_those_of_the_definition(leaves: list[bytes]) -> None:
    fill(SIZE)
    roots = {size: naive_root(leaves[:size]) for size in CHOSEN}
    for size in CHOSEN:
        assert tree.root(size) == roots[size]
        indexes = sorted({0, size // 3, size // 2, size - 1})
        for index, proof in zip(indexes, tree.inclusion_proofs(indexes, size), strict=True):
            assert proof == naive_inclusion(index, leaves[:size])
            assert verify_inclusion(
                index=index, size=size, leaf=leaves[index], proof=proof, root=roots[size]
            )
    for first in CHOSEN:
        for second in (257, 65_537, SIZE):
            if first > second:
                continue
            proof = tree.consistency_proof(first, second)
            assert proof == naive_consistency(first, leaves[:second])
            assert verify_consistency(
                first=first,
                second=second,
                first_root=roots[first],
                second_root=roots[second],
                proof=proof,
            )


@pytest.mark.django_db
def test_a_tree_without_leaves_has_the_empty_root() -> None:
    assert tree.root(0) == hashlib.sha256(b"").digest()
    assert tree.consistency_proof(0, 0) == []


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_missing_node_is_named() -> None:
    fill(600)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE integrity_node DISABLE TRIGGER ALL")
        cursor.execute("DELETE FROM integrity_node WHERE level = 8 AND index = 1")
    with pytest.raises(NodeMissing, match="level 8, index 1"):
        tree.root(600)
