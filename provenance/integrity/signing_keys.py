"""Where the log's private keys lie: the one that the settings name, and those of rotations."""

import base64
import binascii
import os
from pathlib import Path

from django.conf import settings

from provenance.integrity.errors import WrongSigningKey
from provenance.integrity.models import LogKey
from provenance.integrity.notes import SignerKey, VerifierKey


def current_seed() -> bytes | None:
    """The seed of the key that signs the log now; None if this process does not hold it."""
    if not settings.LOG_SIGNING_KEY:
        return None
    current = LogKey.objects.order_by("-id").first()
    if current is None:
        return bytes(settings.LOG_SIGNING_KEY)
    try:
        return seed_of(current.verifier_key)
    except WrongSigningKey:
        return None


def seed_of(verifier_key: str) -> bytes:
    """That of the settings, or the one that a rotation put beside its file.

    Raises WrongSigningKey.
    """
    key = VerifierKey.parse(verifier_key)
    candidates = [settings.LOG_SIGNING_KEY]
    if settings.LOG_SIGNING_KEY_FILE:
        candidates.append(_read(rotated_file(Path(settings.LOG_SIGNING_KEY_FILE), key)))
    for seed in candidates:
        if seed and SignerKey(key.name, seed).verifier == key:
            return bytes(seed)
    raise WrongSigningKey(verifier_key)


def rotated_file(beside: Path, key: VerifierKey) -> Path:
    return beside.with_name(f"{beside.name}.{key.key_id.hex()}")


def write_seed(path: Path, seed: bytes) -> None:
    """Readable by its owner only, and on the disk when this returns; never over another file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(base64.b64encode(seed).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes | None:
    try:
        return base64.b64decode(path.read_text(encoding="ascii").strip(), validate=True)
    except FileNotFoundError:
        return None
    except binascii.Error as error:
        raise WrongSigningKey(f"that of {path}, which cannot be read") from error
