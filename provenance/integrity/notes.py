"""Signed notes as C2SP defines them (c2sp.org/signed-note), with Ed25519."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from provenance.integrity import base64_text
from provenance.integrity.errors import NoteInvalid

ED25519 = 0x01
DASH = "\u2014 "
KEY_ID_BYTES, KEY_BYTES = 4, 32
MAX_NOTE_BYTES = 64 * 1024
MAX_SIGNATURES = 64


@dataclass(frozen=True)
class VerifierKey:
    """A public key under its name. Its text is `name+key id+base64(kind || public key)`."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        named = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        key = base64_text.encode(bytes([self.kind]) + self.public)
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Raises NoteInvalid, also where the key id is not that of name and key."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = base64_text.decode(encoded)
        if not name or " " in name or len(raw) != 1 + KEY_BYTES:
            raise NoteInvalid(f"{text!r} is no verifier key.")
        key = cls(name, raw[1:], raw[0])
        if key.key_id.hex() != key_id:
            raise NoteInvalid(f"The key id {key_id} is not that of this name and key.")
        return key


@dataclass(frozen=True)
class SignerKey:
    """A private key under its name, from its 32-byte seed."""

    name: str
    seed: bytes
    kind: int = ED25519

    @property
    def verifier(self) -> VerifierKey:
        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return VerifierKey(self.name, public.public_bytes_raw(), self.kind)

    def sign(self, text: str) -> str:
        """The note of a text that ends with a line end."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n{signature_line(self.name, self.verifier.key_id + signature)}"


@dataclass(frozen=True)
class Signature:
    """One line below a note: who signed, and the bytes after the key id."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        return signature_line(self.name, self.key_id + self.value)


@dataclass(frozen=True)
class Note:
    """A note taken apart; nothing in it is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str, *, max_bytes: int = MAX_NOTE_BYTES) -> "Note":
        """Raises NoteInvalid."""
        if len(note.encode()) > max_bytes or any(c < " " and c != "\n" for c in note):
            raise NoteInvalid("A note is short text without control characters.")
        text, gap, lines = note.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise NoteInvalid("A note ends with an empty line and its signatures.")
        signatures = tuple(parse_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MAX_SIGNATURES:
            raise NoteInvalid(f"A note has at most {MAX_SIGNATURES} signatures.")
        return cls(text + "\n", signatures)

    def signed_by(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """The known keys whose signature verifies, at least one.

        Raises NoteInvalid if there is none, or if a signature of a known key does not verify.
        """
        known = {(key.name, key.key_id): key for key in keys}
        found = []
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None:
                continue
            if not key.verifies(signature.value, self.text.encode()):
                raise NoteInvalid(f"The signature of {key.name} does not verify.")
            found.append(key)
        if not found:
            raise NoteInvalid("No known key signed this note.")
        return found


def signature_line(name: str, raw: bytes) -> str:
    return f"{DASH}{name} {base64_text.encode(raw)}\n"


def parse_signature(line: str) -> Signature:
    """Raises NoteInvalid."""
    name, gap, encoded = line.removeprefix(DASH).partition(" ")
    raw = base64_text.decode(encoded)
    if not line.startswith(DASH) or not gap or not name or len(raw) <= KEY_ID_BYTES:
        raise NoteInvalid(f"{line[:200]!r} is no signature.")
    return Signature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])
