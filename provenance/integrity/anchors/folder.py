"""Keeps each checkpoint as a file of its own, which is never overwritten."""

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from provenance.integrity.checkpoint import Checkpoint
from provenance.integrity.errors import AnchoredAhead, NoteInvalid, NotReached
from provenance.integrity.models import SealedCheckpoint
from provenance.integrity.notes import Note

SUFFIX = ".checkpoint"


@dataclass(frozen=True)
class Folder:
    """Best on a disk of another machine. One folder within it for each origin."""

    path: Path

    @property
    def name(self) -> str:
        return f"folder {self.path}"

    def push(self, checkpoint: SealedCheckpoint, note: str) -> None:
        folder = self._of(checkpoint.origin)
        file = folder / f"{checkpoint.size:020d}{SUFFIX}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if file.exists():
                _require_same(file, note)
            else:
                _write_once(file, note)
        except OSError as error:
            raise NotReached(str(error)) from error

    def newest(self, origin: str) -> Checkpoint | None:
        """The largest checkpoint of that origin. Raises AnchoredAhead if it cannot be read."""
        folder = self._of(origin)
        if not folder.is_dir():
            return None
        names = [each.name for each in os.scandir(folder) if each.name.endswith(SUFFIX)]
        if not names:
            return None
        file = folder / max(names)
        try:
            return Checkpoint.parse(Note.parse(file.read_text(encoding="utf-8")).text)
        except (NoteInvalid, OSError, UnicodeDecodeError) as error:
            raise AnchoredAhead(f"{file} cannot be read: {error}") from error

    def _of(self, origin: str) -> Path:
        readable = "".join(c if c.isascii() and c.isalnum() else "-" for c in origin)[:80]
        return self.path / f"{readable}-{hashlib.sha256(origin.encode()).hexdigest()[:8]}"


def _require_same(file: Path, note: str) -> None:
    kept = file.read_text(encoding="utf-8")
    if kept.rpartition("\n\n")[0] != note.rpartition("\n\n")[0]:
        raise NotReached(f"{file} holds another checkpoint of the same size: two histories.")


def _write_once(file: Path, note: str) -> None:
    half_written = file.with_name(f".{secrets.token_hex(8)}")
    with half_written.open("x", encoding="utf-8") as half:
        half.write(note)
        half.flush()
        os.fsync(half.fileno())
    try:
        # Linking, unlike renaming, never replaces what is there.
        os.link(half_written, file)
    finally:
        half_written.unlink()
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
