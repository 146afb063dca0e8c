"""An anchor: a place outside where checkpoints are kept, so that the database cannot go back."""

from typing import Protocol

from provenance.integrity.models import SealedCheckpoint


class Anchor(Protocol):
    """`name` is what administrators call it; the same place has the same name for ever."""

    @property
    def name(self) -> str: ...

    def push(self, checkpoint: SealedCheckpoint, note: str) -> None:
        """Keeps the note; having it already is as good. Raises NotReached."""
