"""The manifest of a part of a backup: its files with their hashes, authenticated as a whole.

A backup is a folder, and the data keys are another one inside it, of the same form. The MAC is
keyed with the installation's hash key, which is in no backup: whoever gets at backups can add no
account to one. (The log in it proves itself besides.)
"""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from provenance.backups.errors import BackupChanged, NoBackup
from provenance.eventstore.fingerprints import fingerprint

FILE = "manifest.json"
CHUNK = 1024 * 1024


class TableFile(BaseModel):
    """The rows of one table, as PostgreSQL's COPY in binary form writes them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    columns: list[str]
    file: str
    rows: int
    bytes: int
    sha256: str


class LogState(BaseModel):
    """How long the log was, its root, under which name, and its newest checkpoint, if any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    root: str
    without_position: int
    origin: str | None
    checkpoint: str | None


class Manifest(BaseModel):
    """`log` and `migrations` are absent from the part with the keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    backup_id: UUID
    made_at: datetime
    log: LogState | None = None
    migrations: dict[str, list[str]] | None = None
    tables: list[TableFile]

    @property
    def total_bytes(self) -> int:
        return sum(each.bytes for each in self.tables)

    def as_file(self) -> bytes:
        body = self.model_dump(mode="json")
        return orjson.dumps({**body, "mac": _mac(body)}, option=orjson.OPT_INDENT_2) + b"\n"

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises NoBackup, BackupChanged."""
        try:
            body = orjson.loads((folder / FILE).read_bytes())
            mac = body.pop("mac")
            manifest = cls.model_validate(body)
        except (OSError, ValueError, KeyError, AttributeError, ValidationError) as error:
            raise NoBackup(folder) from error
        if mac != _mac(body):
            raise BackupChanged(
                f"The manifest of {folder} does not verify: it was changed, or made under"
                " another RAGLEDGER_HASH_KEY."
            )
        return manifest

    def check_files(self, folder: Path) -> None:
        """Raises BackupChanged unless every file has its length and hash."""
        for each in self.tables:
            path = folder / each.file
            if not path.is_file():
                raise BackupChanged(f"{path} is missing.")
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if (path.stat().st_size, digest) != (each.bytes, each.sha256):
                raise BackupChanged(f"{path} is not what the manifest says.")


def _mac(body: object) -> str:
    return fingerprint({"backup manifest": body})
