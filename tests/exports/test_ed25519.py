"""The verifier's own Ed25519: RFC 8032's vectors, and the verdicts of another implementation."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.exports.verify import ORDER, P, ed25519_verifies

# Section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
            "1cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
            "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
            "984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
            "a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c6"
            "6431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
]


def theirs(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc_verify(public: str, message: str, signature: str) -> None:
    given = (bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))
    assert ed25519_verifies(*given)
    assert not ed25519_verifies(*given[:2], given[2] + b"!")


@settings(max_examples=60, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    message=st.binary(max_size=200),
    place=st.integers(0, 64 * 8 - 1),
)
def test_it_agrees_with_another_implementation(seed: bytes, message: bytes, place: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert ed25519_verifies(public, signature, message)
    damaged = bytearray(signature)
    damaged[place // 8] ^= 1 << place % 8
    assert not ed25519_verifies(public, bytes(damaged), message)
    other = bytearray(public)
    other[place // 16] ^= 1 << place % 8
    assert ed25519_verifies(bytes(other), signature, message) == theirs(
        bytes(other), signature, message
    )


def test_a_signature_has_one_form_only() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"x")
    s = int.from_bytes(signature[32:], "little") + ORDER
    assert not ed25519_verifies(public, signature[:32] + s.to_bytes(32, "little"), b"x")
    assert not ed25519_verifies(public, signature[:-1], b"x")
    assert not ed25519_verifies(public[:-1], signature, b"x")
    beyond = (P + 1).to_bytes(32, "little")
    assert not ed25519_verifies(beyond, signature, b"x")
