"""The secrets of one machine: made once, kept as files that only their owner reads."""

import base64
import os
import secrets
from pathlib import Path

from provenance.embedded.errors import SecretMissing

# Losing these makes recorded data unreadable, so they are never made twice for the same data.
APPLICATION_SECRETS = {
    "RAGLEDGER_SECRET_KEY": "secret_key",
    "RAGLEDGER_KEK": "key_encryption_key",
    "RAGLEDGER_HASH_KEY": "hash_key",
}
# A lost one is made anew; what was signed stays verifiable, and sealing waits for a rotation.
REPLACEABLE_SECRETS = {"RAGLEDGER_LOG_SIGNING_KEY": "log_signing_key"}
DATABASE_PASSWORDS = ("postgres_password", "owner_password", "web_password")


def ensure_secret(keys: Path, name: str, *, data_exists: bool) -> Path:
    """The file of one secret; made if it is missing and nothing depends on it yet."""
    path = keys / name
    if path.exists():
        return path
    if data_exists:
        raise SecretMissing(path)
    half_written = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_random(name) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # Linking, unlike renaming, never replaces a secret that another process just made.
        os.link(half_written, path)
    except FileExistsError:
        return path
    finally:
        half_written.unlink()
    return path


def read_secret(keys: Path, name: str) -> str:
    path = keys / name
    if not path.exists():
        raise SecretMissing(path)
    return path.read_text(encoding="ascii").strip()


def _random(name: str) -> str:
    if name in DATABASE_PASSWORDS:
        return secrets.token_hex(24)
    return base64.b64encode(secrets.token_bytes(32)).decode()
