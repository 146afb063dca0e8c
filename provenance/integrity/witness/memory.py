"""What a witness must never forget: its key, and the last checkpoint of each log."""

import os
import secrets
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.cosignature import COSIGNATURE, cosign
from provenance.integrity.notes import SignerKey, VerifierKey
from provenance.integrity.witness.requests import AddCheckpoint, judge

KEY_BYTES = 32
BUSY_SECONDS = 10.0


class Memory:
    """A folder of its own, readable by its owner only; the key is made at the first start."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._database = folder / "witness.sqlite3"
        self.key = SignerKey(name, _seed(folder / "witness_key"), COSIGNATURE)
        with closing(self._open()) as database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS seen"
                " (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL)"
            )

    def cosign(self, request: AddCheckpoint, logs: Sequence[VerifierKey]) -> str:
        """Judges and remembers in one transaction, on the disk before the cosignature exists.

        Raises Refused, NoteInvalid.
        """
        with closing(self._open()) as database:
            database.execute("BEGIN IMMEDIATE")
            rows = database.execute("SELECT origin, size, root FROM seen").fetchall()
            checkpoint = judge(request, logs, {row[0]: Checkpoint(*row) for row in rows})
            database.execute(
                "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT (origin)"
                " DO UPDATE SET size = excluded.size, root = excluded.root",
                (checkpoint.origin, checkpoint.size, checkpoint.root),
            )
            database.execute("COMMIT")
        return cosign(self.key, checkpoint.body, int(time.time()))

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._database, timeout=BUSY_SECONDS, isolation_level=None)
        database.execute("PRAGMA synchronous = FULL")
        return database


def _seed(path: Path) -> bytes:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
    seed = path.read_bytes()
    if len(seed) != KEY_BYTES:
        raise SystemExit(f"{path} holds no key: remove it, and the witness makes another.")
    return seed
