"""Cosignatures of checkpoints (c2sp.org/tlog-cosignature): a witness saw it, at a time."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from provenance.integrity.notes import Note, SignerKey, VerifierKey, signature_line

COSIGNATURE = 0x04
TIME_BYTES = 8


def cosign(key: SignerKey, body: str, seconds: int) -> str:
    """The line that a witness adds to a checkpoint. Requires a key of the kind COSIGNATURE."""
    signature = Ed25519PrivateKey.from_private_bytes(key.seed).sign(_message(body, seconds))
    raw = seconds.to_bytes(TIME_BYTES, "big") + signature
    return signature_line(key.name, key.verifier.key_id + raw)


def cosigned_line(note: str, key: VerifierKey) -> str | None:
    """The first valid line of that witness below a checkpoint. Raises NoteInvalid."""
    parsed = Note.parse(note)
    for each in parsed.signatures:
        if (each.name, each.key_id) != (key.name, key.key_id) or len(each.value) <= TIME_BYTES:
            continue
        seconds = int.from_bytes(each.value[:TIME_BYTES], "big")
        if key.verifies(each.value[TIME_BYTES:], _message(parsed.text, seconds)):
            return each.line
    return None


def _message(body: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{body}".encode()
