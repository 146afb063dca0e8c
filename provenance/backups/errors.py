"""Why nothing is backed up or restored; each message is one clear line.

BackupError
├── FolderTaken
├── NoBackup
├── BackupChanged
├── OtherSchema
├── NotEmpty
├── StillRunning
├── CheckpointAhead
├── OriginUnknown
├── KeysUnusable
└── LogBroken
"""

from pathlib import Path


class BackupError(Exception):
    """Ends the command with its message as the only line; nothing was changed."""


class FolderTaken(BackupError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is there already and is not empty: name a new folder.")


class NoBackup(BackupError):
    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is no backup: it has no manifest that can be read.")


class BackupChanged(BackupError):
    """A file is not what the manifest says, or the manifest is not what was written."""


class OtherSchema(BackupError):
    def __init__(self, differing: list[str]) -> None:
        super().__init__(
            f"The backup was made with other migrations ({', '.join(differing)}): restore it with"
            " the version of RAGLedger that made it, then upgrade."
        )


class NotEmpty(BackupError):
    def __init__(self, table: str) -> None:
        super().__init__(
            f"The database is not empty ({table} has rows): restore into a new one, after"
            " manage.py migrate and before anything else."
        )


class StillRunning(BackupError):
    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} is at work on this database: stop RAGLedger first.")


class CheckpointAhead(BackupError):
    def __init__(self, signed: int, size: int) -> None:
        super().__init__(
            f"A checkpoint covers {signed:,} events and this backup has {size:,}: restore a later"
            " backup, or leave that checkpoint out and accept that what came after is lost."
        )


class OriginUnknown(BackupError):
    def __init__(self) -> None:
        super().__init__(
            "The log was never sealed, so its new name cannot be made: set"
            " RAGLEDGER_LOG_SIGNING_KEY to the key that is to sign it."
        )


class KeysUnusable(BackupError):
    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The data keys in {folder} do not open under this RAGLEDGER_KEK: set the one that"
            " wrapped them, or move that folder away to restore without keys."
        )


class LogBroken(BackupError):
    def __init__(self, first: object) -> None:
        super().__init__(f"The log in this backup is broken, nothing was restored: {first}")
