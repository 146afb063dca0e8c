"""A backup that is to be restored: its folders, and manifests that its files agree with."""

from dataclasses import dataclass
from pathlib import Path

from provenance.backups.errors import BackupChanged
from provenance.backups.manifest import LogState, Manifest

KEYS = "keys"


@dataclass(frozen=True)
class Source:
    folder: Path
    manifest: Manifest
    log: LogState
    keys_folder: Path
    keys: Manifest | None

    @property
    def total_bytes(self) -> int:
        return self.manifest.total_bytes + (self.keys.total_bytes if self.keys else 0)


def open_backup(folder: Path, *, keys: Path | None = None) -> Source:
    """Raises NoBackup, BackupChanged. Without its keys a backup can be restored all the same."""
    manifest = Manifest.read(folder)
    if manifest.log is None:
        raise BackupChanged(f"{folder} holds keys only, not a log.")
    keys_folder = keys or folder / KEYS
    keys_part = Manifest.read(keys_folder) if keys or keys_folder.exists() else None
    manifest.check_files(folder)
    if keys_part:
        keys_part.check_files(keys_folder)
    return Source(folder, manifest, manifest.log, keys_folder, keys_part)
