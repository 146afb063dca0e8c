"""Other libraries agree: pymerkle on trees and proofs, sigstore on notes and inclusion proofs."""

import base64
import secrets
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pymerkle import (  # type: ignore[import-untyped]
    InmemoryTree,
    verify_consistency,
    verify_inclusion,
)
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring, RekorKeyring
from sigstore.errors import VerificationError
from sigstore_models.common import v1

from provenance.integrity import proofs, tree
from provenance.integrity.checkpoints import proof_of, seal, verifier_keys
from provenance.integrity.notes import SignerKey, VerifierKey
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


def their_keyring(key: VerifierKey) -> RekorKeyring:
    public = Ed25519PublicKey.from_public_bytes(key.public).public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    details = v1.PublicKeyDetails.PKIX_ED25519
    return RekorKeyring(
        Keyring([v1.PublicKey(raw_bytes=base64.b64encode(public), key_details=details)])
    )


def their_entry(proof_file: str, event: bytes, key: VerifierKey) -> Any:
    """What sigstore calls an entry of a log, read from the text of a proof file alone."""
    head, _, note = proof_file.partition("\n\n")
    _, index, *hashes = head.splitlines()
    checkpoint = SignedCheckpoint.from_text(note).checkpoint
    proof = SimpleNamespace(
        log_index=int(index.removeprefix("index ")),
        tree_size=checkpoint.log_size,
        root_hash=bytes.fromhex(checkpoint.log_hash),
        hashes=[base64.b64decode(each) for each in hashes],
        checkpoint=SimpleNamespace(envelope=note),
    )
    log_id = SimpleNamespace(key_id=key.key_id)
    return SimpleNamespace(
        _inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=event, log_id=log_id)
    )


@pytest.mark.parametrize("size", SIZES)
def test_another_verifier_accepts_our_proof_files_and_nothing_else(size: int) -> None:
    fill(size)
    assert seal(secrets.token_bytes(32)) is not None
    (key,) = verifier_keys()
    for position in {0, size // 3, size - 1}:
        entry = their_entry(str(proof_of(position)), canonical(position + 1), key)
        verify_checkpoint(their_keyring(key), entry)
        verify_merkle_inclusion(entry)
        changed = their_entry(str(proof_of(position)), canonical(position + 2), key)
        with pytest.raises(VerificationError):
            verify_merkle_inclusion(changed)


def test_another_verifier_refuses_a_checkpoint_of_another_key() -> None:
    fill(3)
    assert seal(secrets.token_bytes(32)) is not None
    (key,) = verifier_keys()
    stranger = SignerKey(key.name, secrets.token_bytes(32)).verifier
    entry = their_entry(str(proof_of(0)), canonical(1), key)
    with pytest.raises(VerificationError):
        verify_checkpoint(their_keyring(stranger), entry)
