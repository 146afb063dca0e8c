"""The certificate of an erasure: what was destroyed, and every event that it touched.

It is the text of a C2SP signed note, without personal data. Whoever has it can find each event by
its position and prove that it still stands in the log, unreadable and unchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from provenance.eventstore.canonical import instant
from provenance.integrity import base64_text
from provenance.integrity.affected import AffectedEvent

TITLE = "ragledger erasure certificate v1"
# As large as the notes that Go's reference implementation reads.
MAX_BYTES = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What the certificate says; times are those of the log."""

    log: str
    erasure_id: UUID
    scope: str
    requested_at: datetime
    requested_by: str
    approved_at: datetime
    approved_by: str
    executed_at: datetime
    keys: int
    blobs: int
    vectors: int
    events: Sequence[AffectedEvent]

    def __str__(self) -> str:
        lines = [
            TITLE,
            f"log {self.log or 'not sealed yet'}",
            f"erasure {self.erasure_id}",
            f"scope {self.scope}",
            f"requested {instant(self.requested_at)} by {self.requested_by}",
            f"approved {instant(self.approved_at)} by {self.approved_by}",
            f"executed {instant(self.executed_at)}",
            f"keys destroyed {self.keys}",
            f"blobs erased {self.blobs}",
            f"vectors erased {self.vectors}",
            f"events affected {len(self.events)}",
            *(f"{e.position} {base64_text.encode(e.leaf_hash)} {e.type}" for e in self.events),
        ]
        return "\n".join(lines) + "\n"
