"""Restoring as the command does it."""

from pathlib import Path
from typing import Any

from provenance.backups.events import LogRestored
from provenance.backups.restore import Outside, fold_read_models, restore
from provenance.backups.source import open_backup
from provenance.integrity.verification.findings import quiet


def load(folder: Path, *, keys: Path | None = None, **outside: Any) -> LogRestored:
    return restore(
        open_backup(folder, keys=keys),
        origin=None,
        outside=Outside(**outside),
        report=lambda done, total: None,  # noqa: ARG005
        checking=quiet,
    )


def bring_back(folder: Path, **more: Any) -> LogRestored:
    restored = load(folder, **more)
    fold_read_models(lambda done, total: None)  # noqa: ARG005
    return restored
